"""A headless browser (Debian `chromium`), told what to do over a pipe: the protocol is JSON, each message ends with a NUL."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time

from support.coldseal import fail

PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]
# No part of the browser's own business: what is asked for is asked for by the page.
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
]
PATIENCE = 60


class Browser:
    """One browser with one tab."""

    def __init__(self, folder):
        program = next((found for name in PROGRAMS if (found := shutil.which(name))), None) or fail(f"none of {PROGRAMS} is installed")
        (theirs, self.to), (self.back, ours) = os.pipe(), os.pipe()
        # Beyond those that they are to become.
        read, write = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs, ours))
        command = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        # The browser reads at 3 and writes at 4.
        script = f'exec 3<&{read} 4>&{write}; exec "$@"'
        self.log = (folder.parent / "browser.log").open("wb")
        self.process = subprocess.Popen(["bash", "-c", script, "bash", *command], pass_fds=(read, write), stdout=self.log, stderr=self.log)
        for end in (theirs, ours, read, write):
            os.close(end)
        self.number, self.buffer, self.events = 0, b"", []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Network", "Runtime", "Log"]:
            self.call(f"{domain}.enable")

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(PATIENCE)
        os.close(self.to)
        os.close(self.back)
        self.log.close()

    def message(self):
        """The next message."""
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.back], [], [], max(0, end - time.monotonic()))
            more = os.read(self.back, 1 << 20) if ready else fail("the browser does not answer")
            self.buffer += more or fail("the browser is gone")
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        """What a command gives."""
        self.number += 1
        request = {"id": self.number, "method": method, "params": params} | ({"sessionId": self.session} if self.session else {})
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            message = self.message()
            if message.get("id") == self.number:
                return message["result"] if "result" in message else fail(f"{method}: {message['error']}")
            self.events.append(message)

    def show(self, path):
        """Opens a file, and waits until it is there; gives what was asked for, and what went wrong."""
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())
        # What a page does late is seen as well.
        self.evaluate("new Promise(done => setTimeout(done, 200))")
        asked = [event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        wrong = ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Page.javascriptDialogOpening"]
        return asked, [event["params"] for event in self.events if event.get("method") in wrong]

    def evaluate(self, script):
        """The value of an expression in the page: the page's own policy holds for the page alone."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return done["result"].get("value") if "exceptionDetails" not in done else fail(done["exceptionDetails"])

    def look(self, width, scheme="light", height=900):
        """The page in a window of this width, and in this of its two schemes of colours."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
