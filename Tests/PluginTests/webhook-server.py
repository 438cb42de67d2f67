"""A receiver of webhooks for tests, which judges what it gets by others' software: PyPI standardwebhooks and cloudevents.

    webhook-server.py FOLDER [CERTIFICATE KEY]

Prints its port. What it answers at /NAME stands in FOLDER/NAME, read at each request: a status (and header lines), or one of
`stall`, `die`, `endless` after the status. Without that file it is 200. FOLDER/secrets has a secret a line. Each request is a
line of JSON in FOLDER/requests.
"""
import json
import os
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks import Webhook

folder = sys.argv[1]
lock = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        verified = []
        for secret in open(os.path.join(folder, "secrets")).read().split():
            try:
                Webhook(secret).verify(body, headers)
                verified.append(True)
            except Exception as error:
                verified.append(str(error))
        event = from_http_event(HTTPMessage(headers=headers, body=body))
        found = {
            "path": self.path, "host": headers["host"], "verified": verified, "headers": headers,
            "id": event.get_id(), "source": event.get_source(), "type": event.get_type(), "subject": event.get_subject(),
            "time": event.get_time().isoformat(), "datacontenttype": event.get_datacontenttype(),
            "specversion": event.get_specversion(), "data": event.get_data(),
        }
        with lock, open(os.path.join(folder, "requests"), "a") as file:
            file.write(json.dumps(found) + "\n")
        try:
            plan = open(os.path.join(folder, self.path.strip("/"))).read().splitlines()
        except FileNotFoundError:
            plan = ["200"]
        status, _, way = plan[0].partition(" ")
        if way == "die":
            self.close_connection = True
            self.connection.shutdown(2)
            return
        if way == "stall":
            # Until the client gives up.
            self.connection.recv(1)
            return
        self.send_response(int(status))
        for line in plan[1:]:
            name, _, value = line.partition(": ")
            self.send_header(name, value)
        if way == "endless":
            self.send_header("content-length", str(1 << 40))
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"no " * 10000)
            except OSError:
                return
        words = f"the words of {status}\n".encode()
        self.send_header("content-length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
# Ends with whoever started it.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
