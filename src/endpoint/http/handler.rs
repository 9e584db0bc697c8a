//! One request, from its head to its answer.

use std::{convert::Infallible, sync::Arc, time::Instant};

use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode, Uri,
    body::{Body, Bytes},
    header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue},
    http::request::Parts,
};
use time::OffsetDateTime;
use tokio::sync::Semaphore;

use super::{
    body::{BodyError, ReceivedBody, read},
    credentials::Credentials,
    limits::Limits,
    places::{ClientPlaces, Place},
    signature, unsigned,
};
use crate::{
    crypto::SystemRandom,
    endpoint::{JsonRequest, JsonResponse, JsonService},
    error::{AuthenticationRefusal, Refusal, RequestRefusal},
    kms::random_uuid,
    protocol::{self, operation::Service},
    region::Region,
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// What JSON 1.1 of AWS goes by, in requests and answers. No form of a web page can send it.
const JSON: &str = "application/x-amz-json-1.1";

/// What a request has to show.
#[derive(Debug)]
#[non_exhaustive]
pub enum Authentication {
    /// A Signature Version 4 of these credentials.
    Signature(Arc<Credentials>),
    /// Nothing: whoever reaches the port may use every key and read every secret that is served.
    None,
}

/// What all connections of a server share.
pub(super) struct Endpoint {
    pub(super) service: Arc<dyn JsonService>,
    pub(super) authentication: Authentication,
    pub(super) limits: Limits,
    /// Places for requests in work, each of which holds a thread.
    workers: Arc<Semaphore>,
    /// Those among them that may wait for a lock which a command holds: others are left for who only reads.
    changers: Arc<Semaphore>,
    large_bodies: Arc<ClientPlaces>,
    clock: fn() -> OffsetDateTime,
}

/// An answer, and whether the connection can be used further.
struct Reply {
    answer: JsonResponse,
    ends_connection: bool,
}

/// What a request names: a service that is served, and one of its operations.
#[derive(Clone, Copy)]
struct Target<'a> {
    service: Service,
    operation: &'a str,
}

impl Endpoint {
    pub(super) fn new(service: Arc<dyn JsonService>, authentication: Authentication, limits: Limits, workers: usize) -> Self {
        let large_bodies = ClientPlaces::new(limits.large_bodies, limits.floor);
        Self {
            service,
            authentication,
            limits,
            workers: Arc::new(Semaphore::new(workers)),
            changers: Arc::new(Semaphore::new((workers / 2).max(1))),
            large_bodies,
            clock: || Timestamp::now_within_years().utc(),
        }
    }

    #[cfg(test)]
    pub(super) fn with_clock(self, clock: fn() -> OffsetDateTime) -> Self {
        Self { clock, ..self }
    }

    /// Answers a request that came on the connection in this place; never fails, since every failure is an answer.
    pub(super) async fn handle<B>(&self, request: Request<B>, place: &Place) -> Result<Response<Full<Bytes>>, Infallible>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let begin = Instant::now();
        let (parts, body) = request.into_parts();
        let target = self.target(&parts.headers);
        let mut region = None;
        let Reply { answer, ends_connection } = match self.reply(&parts, body, place, (target, &mut region)).await {
            Ok(answer) => Reply { answer, ends_connection: false },
            Err(reply) => reply,
        };
        let (region, error) = (region.map(Region::name), answer.error.map(|error| error.to_string()));
        tracing::debug!(operation = target.map(|target| target.operation), region, status = answer.status, error, elapsed = ?begin.elapsed(), "request");
        let mut response = response(answer);
        if parts.uri.path() == "/" && parts.method != Method::POST {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        }
        if ends_connection {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    /// Tells the Region as soon as it is known.
    async fn reply<B>(
        &self,
        head: &Parts,
        body: B,
        place: &Place,
        (target, told_region): (Option<Target<'_>>, &mut Option<Region>),
    ) -> Result<JsonResponse, Reply>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let body = read(body, &self.limits, &self.large_bodies).await.map_err(|error| not_read(error, &self.limits))?;
        if !place.works() {
            return Err(not_read(BodyError::TooSlow, &self.limits));
        }
        let headers = &head.headers;
        check_route(&head.method, &head.uri)?;
        let region = self.authenticate(headers, target, body.bytes.expose()).map_err(|refusal| refused(400, &refusal.into()))?;
        *told_region = Some(region);
        check_content_type(headers)?;
        let target = target.ok_or_else(|| unknown(400, how_to_name(self.service.services())))?;
        self.work(target, region, body).await
    }

    /// A request is signed for the service whose operation it names.
    fn authenticate(&self, headers: &HeaderMap, target: Option<Target<'_>>, body: &[u8]) -> Result<Region, AuthenticationRefusal> {
        match &self.authentication {
            Authentication::Signature(credentials) => {
                let (service, now) = (target.map(|target| target.service), (self.clock)());
                signature::check(headers, body, credentials, (service, self.service.services()), now)
            }
            Authentication::None => unsigned::region(headers),
        }
    }

    /// The operation that a request names, if it names one of a service that is served.
    fn target<'a>(&self, headers: &'a HeaderMap) -> Option<Target<'a>> {
        let mut values = headers.get_all("x-amz-target").iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let (prefix, operation) = value.to_str().ok()?.split_once('.')?;
        let is_name = !operation.is_empty() && operation.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let service = self.service.services().iter().find(|service| service.target() == prefix)?;
        is_name.then_some(Target { service: *service, operation })
    }

    /// The operations block, on disk and on large numbers. A client that goes away does not give its place to another before the work is done.
    async fn work(&self, target: Target<'_>, region: Region, body: ReceivedBody) -> Result<JsonResponse, Reply> {
        let failed = || {
            let error = target.service.internal_error("The request could not be done.").into();
            Reply { answer: JsonResponse::refused_by(target.service, 500, &error), ends_connection: false }
        };
        let take = async |places: &Arc<Semaphore>| Arc::clone(places).acquire_owned().await.map_err(|_| failed());
        let is_change = protocol::find(target.service, target.operation).is_some_and(|operation| operation.run.is_change());
        let changer = if is_change { Some(take(&self.changers).await?) } else { None };
        let place = take(&self.workers).await?;
        let (service, of, operation) = (Arc::clone(&self.service), target.service, target.operation.to_owned());
        let work = tokio::task::spawn_blocking(move || {
            let answer = service.answer(&JsonRequest::new(of, region, &operation, body.bytes.expose()));
            drop((place, changer));
            answer
        });
        work.await.map_err(|_| failed())
    }
}

fn check_route(method: &Method, uri: &Uri) -> Result<(), Reply> {
    if uri.authority().is_some() || uri.path() != "/" {
        return Err(unknown(404, "The only path is '/'."));
    }
    if method != Method::POST {
        return Err(unknown(405, "The only method is POST."));
    }
    match uri.query() {
        None => Ok(()),
        Some(query) if query.contains("X-Amz-") => {
            let message = "Presigned requests are not taken; the signature belongs into the Authorization header.";
            Err(refused(400, &AuthenticationRefusal::Incomplete(message.to_owned()).into()))
        }
        Some(_) => Err(unknown(404, "There are no query parameters.")),
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Reply> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let is_json = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON))
    };
    match (values.next().is_some_and(is_json), values.next()) {
        (true, None) => Ok(()),
        _ => Err(unknown(404, "Content-Type has to be application/x-amz-json-1.1.")),
    }
}

/// How an operation is asked for.
const fn how_to_name(services: &[Service]) -> &'static str {
    match services {
        [Service::Kms] => "X-Amz-Target has to name an operation as in TrentService.ListKeys.",
        [Service::SecretsManager] => "X-Amz-Target has to name an operation as in secretsmanager.GetSecretValue.",
        _ => "X-Amz-Target has to name an operation as in secretsmanager.GetSecretValue or TrentService.ListKeys.",
    }
}

fn not_read(error: BodyError, limits: &Limits) -> Reply {
    let (status, message) = match error {
        BodyError::TooLong => (413, format!("The request is over the limit of {} bytes.", limits.body)),
        BodyError::TooSlow => (408, "The request did not arrive in time.".to_owned()),
        BodyError::Broken => (400, "The request ends too early.".to_owned()),
    };
    Reply { ends_connection: true, ..refused(status, &RequestRefusal::Serialization(message).into()) }
}

fn unknown(status: u16, message: &'static str) -> Reply {
    refused(status, &RequestRefusal::Route(message).into())
}

fn refused(status: u16, error: &Refusal) -> Reply {
    Reply { answer: JsonResponse::refused(status, error), ends_connection: false }
}

/// A body that is wiped when it has been written.
struct WipedBody(SecretBytes);

impl AsRef<[u8]> for WipedBody {
    fn as_ref(&self) -> &[u8] {
        self.0.expose()
    }
}

fn response(answer: JsonResponse) -> Response<Full<Bytes>> {
    let JsonResponse { status, body, error } = answer;
    let mut response = Response::new(Full::new(Bytes::from_owner(WipedBody(body))));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    if let Ok(id) = random_uuid(&SystemRandom)
        && let Ok(id) = HeaderValue::try_from(id)
    {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    if let Some(name) = error.and_then(|error| HeaderValue::try_from(error.to_string()).ok()) {
        headers.insert(HeaderName::from_static("x-amzn-errortype"), name);
    }
    response
}
