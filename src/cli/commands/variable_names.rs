//! Names of variables that whoever writes a secret is not to choose.

/// Why a name is not given to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OddName {
    /// No variable can have it.
    Impossible,
    /// No shell could use it.
    NotOfAShell,
    /// A shell sets it by itself, and lets nobody or nobody for long.
    OfTheShell,
    /// It decides which code runs, or where a program looks or connects to; for instance so.
    Dangerous(&'static str),
}

impl OddName {
    pub(super) const fn told(self) -> &'static str {
        match self {
            Self::Impossible => "no name of a variable",
            Self::NotOfAShell => "no name that a shell could use",
            Self::OfTheShell => "a variable that shells set by themselves",
            Self::Dangerous(why) => why,
        }
    }
}

const CODE: &str = "decides which code runs";
const FILES: &str = "decides where a program looks for files";
const NETWORK: &str = "decides whom a program talks to, or whom it believes";
const OURS: &str = "a setting of coldseal";

/// Those of bash and dash that are read-only there, or have a value of their own.
const OF_THE_SHELL: [&str; 17] = [
    "_",
    "UID",
    "EUID",
    "PPID",
    "GROUPS",
    "RANDOM",
    "SRANDOM",
    "SECONDS",
    "EPOCHSECONDS",
    "EPOCHREALTIME",
    "LINENO",
    "OPTIND",
    "FUNCNAME",
    "DIRSTACK",
    "HISTCMD",
    "BASHPID",
    "BASH_VERSINFO",
];

/// As they are looked up: case counts but on Windows.
const DANGEROUS: &[(&str, &[&str])] = &[
    (
        CODE,
        &[
            "PATH",
            "IFS",
            "ENV",
            "BASH_ENV",
            "SHELLOPTS",
            "BASHOPTS",
            "PS4",
            "PROMPT_COMMAND",
            "CDPATH",
            "GLOBIGNORE",
            "ZDOTDIR",
            "FPATH",
            "SHELL",
            "COMSPEC",
            "PATHEXT",
            "PSMODULEPATH",
            "EDITOR",
            "VISUAL",
            "PAGER",
            "MANPAGER",
            "BROWSER",
            "LESSOPEN",
            "LESSCLOSE",
            "SSH_ASKPASS",
            "SUDO_ASKPASS",
            "PERLLIB",
            "CLASSPATH",
            "GCONV_PATH",
            "NLSPATH",
            "LOCPATH",
            "TERMINFO",
            "TERMINFO_DIRS",
            "TERMCAP",
            "GTK_MODULES",
            "GTK_PATH",
            "QT_PLUGIN_PATH",
            "GIO_MODULE_DIR",
            "NODE_OPTIONS",
            "NODE_PATH",
            "JAVA_TOOL_OPTIONS",
            "_JAVA_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "JAVA_HOME",
            "MAVEN_OPTS",
            "GRADLE_OPTS",
            "DOTNET_STARTUP_HOOKS",
            "DOTNET_ADDITIONAL_DEPS",
            "PHPRC",
            "PHP_INI_SCAN_DIR",
            "ERL_FLAGS",
            "ERL_LIBS",
            "R_PROFILE",
            "R_PROFILE_USER",
            "R_HOME",
            "R_LIBS",
            "TCLLIBPATH",
            "GUILE_LOAD_PATH",
            "MAKEFLAGS",
            "GOFLAGS",
            "GOROOT",
            "GOPATH",
            "GOENV",
            "RUSTFLAGS",
            "RUSTC",
            "RUSTC_WRAPPER",
            "CC",
            "CXX",
            "OPENSSL_CONF",
            "OPENSSL_MODULES",
            "OPENSSL_ENGINES",
            "VIMINIT",
            "EXINIT",
            "EMACSLOADPATH",
            "GNUTLS_SYSTEM_PRIORITY_FILE",
            "LUA_INIT",
            "LUA_PATH",
            "LUA_CPATH",
        ],
    ),
    (FILES, &["HOME", "PWD", "OLDPWD", "TMPDIR", "TMP", "TEMP", "TZDIR", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "SYSTEMROOT", "WINDIR"]),
    (
        NETWORK,
        &[
            "HTTP_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "ftp_proxy",
            "no_proxy",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "FTP_PROXY",
            "NO_PROXY",
            "HOSTALIASES",
            "LOCALDOMAIN",
            "RES_OPTIONS",
            "RESOLV_HOST_CONF",
            "NIS_PATH",
            "SSH_AUTH_SOCK",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "CURL_CA_BUNDLE",
            "CURL_HOME",
            "REQUESTS_CA_BUNDLE",
            "SSLKEYLOGFILE",
            "AWS_CA_BUNDLE",
            "AWS_CONFIG_FILE",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "DOCKER_HOST",
            "DOCKER_CONFIG",
            "DOCKER_CERT_PATH",
            "KUBECONFIG",
            "KRB5_CONFIG",
            "GNUPGHOME",
        ],
    ),
];

/// What names begin with.
const DANGEROUS_BEGINNINGS: &[(&str, &[&str])] = &[
    (
        CODE,
        &[
            "LD_",
            "DYLD_",
            "BASH_FUNC_",
            "PYTHON",
            "PERL5",
            "RUBY",
            "GIT_",
            "MALLOC_",
            "GLIBC_TUNABLES",
            "CORECLR_",
            "COR_",
            "MONO_",
            "CARGO_",
            "NPM_",
            "PIP_",
            "BUNDLE_",
            "GEM_",
            "LUA_PATH_",
            "LUA_INIT_",
            "LUA_CPATH_",
        ],
    ),
    (FILES, &["XDG_"]),
    (NETWORK, &["AWS_ENDPOINT_URL"]),
    (OURS, &["COLDSEAL_"]),
];

/// What is wrong with a name, if anything.
pub(super) fn odd(name: &str) -> Option<OddName> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Some(OddName::Impossible);
    }
    let looked_up = if cfg!(windows) { name.to_ascii_uppercase() } else { name.to_owned() };
    let exact = DANGEROUS.iter().find(|(_, names)| names.contains(&looked_up.as_str()));
    let beginning = || DANGEROUS_BEGINNINGS.iter().find(|(_, beginnings)| beginnings.iter().any(|start| looked_up.starts_with(start)));
    if let Some((why, _)) = exact.or_else(beginning) {
        return Some(OddName::Dangerous(why));
    }
    if OF_THE_SHELL.contains(&name) {
        return Some(OddName::OfTheShell);
    }
    let is_of_a_shell =
        !name.starts_with(|c: char| c.is_ascii_digit()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (!is_of_a_shell).then_some(OddName::NotOfAShell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_of_secrets_are_given() {
        for name in [
            "username",
            "password",
            "host",
            "port",
            "engine",
            "dbname",
            "masterarn",
            "DB_PASSWORD",
            "API_KEY",
            "_x",
            "a1",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "DATABASE_URL",
            "PGPASSWORD",
            "MYSQL_PWD",
            "LDAP_PASSWORD",
            "token",
            "user_path",
            "user",
            "USER",
            "home",
            "path",
            "MAIL_HOST",
        ] {
            assert_eq!(odd(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_change_what_runs_are_not() {
        for name in [
            "PATH",
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "DYLD_INSERT_LIBRARIES",
            "BASH_ENV",
            "ENV",
            "IFS",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "PERL5OPT",
            "RUBYOPT",
            "NODE_OPTIONS",
            "JAVA_TOOL_OPTIONS",
            "GIT_SSH_COMMAND",
            "GIT_CONFIG_COUNT",
            "EDITOR",
            "HOME",
            "https_proxy",
            "HTTPS_PROXY",
            "SSL_CERT_FILE",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_S3",
            "COLDSEAL_KEYSTORE",
            "COLDSEAL_PASSPHRASE",
            "BASH_FUNC_x%%",
            "GLIBC_TUNABLES",
        ] {
            assert!(matches!(odd(name), Some(OddName::Dangerous(_))), "{name}");
        }
    }

    #[test]
    fn names_that_no_shell_takes_are_told_apart_from_those_that_cannot_be() {
        for name in ["a-b", "a.b", "1a", "a b", "é", "a\n"] {
            assert_eq!(odd(name), Some(OddName::NotOfAShell), "{name}");
        }
        for name in ["_", "UID", "RANDOM"] {
            assert_eq!(odd(name), Some(OddName::OfTheShell), "{name}");
        }
        for name in ["", "a=b", "=", "a\0"] {
            assert_eq!(odd(name), Some(OddName::Impossible), "{name}");
        }
    }

    #[test]
    fn the_lists_have_nothing_twice() {
        let names = DANGEROUS.iter().chain(DANGEROUS_BEGINNINGS).flat_map(|(_, names)| *names);
        let mut seen = std::collections::BTreeSet::new();
        for name in names {
            assert!(seen.insert(name), "{name}");
        }
    }
}
