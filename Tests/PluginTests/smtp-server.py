"""A mail server for tests: aiosmtpd on a loopback port, doing what a recipient's name asks for.

    smtp-server.py [--port N] [--tls starttls|implicit|none] [--certificate PEM --key PEM] [--login USER:PASSWORD] [--greeting CODE]

Prints {"port": N} and then one line of JSON for each mail that it took, read by Python's email package and icalendar.
"""

import argparse
import asyncio
import collections
import email
import email.policy
import json
import os
import signal
import socket
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from icalendar import Calendar


def say(value):
    print(json.dumps(value, ensure_ascii=False), flush=True)


def calendar(part):
    """What a calendar program sees in a text/calendar part."""
    found = Calendar.from_ical(part.get_content())
    (event,) = found.walk("VEVENT")
    attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
    text = {name: str(event[name]) for name in ("UID", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "SEQUENCE") if name in event}
    return text | {
        "parameter": part.get_param("method"),
        "METHOD": str(found["METHOD"]),
        "DTSTART": event.decoded("DTSTART").isoformat(),
        "DTEND": event.decoded("DTEND").isoformat(),
        "DTSTAMP": event.decoded("DTSTAMP").isoformat(),
        "ORGANIZER": [str(event["ORGANIZER"]), event["ORGANIZER"].params.get("CN")],
        "ATTENDEE": [[str(one), one.params.get("CN"), one.params.get("RSVP")] for one in attendees],
        "errors": [str(error) for component in found.walk() for error in component.errors],
        "longest": max(len(line.encode()) for line in part.get_content().splitlines()),
    }


def described(content):
    mail = email.message_from_bytes(content, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    one = lambda kind: next((part for part in parts if part.get_content_type() == kind), None)
    texts = {kind: one("text/" + kind).get_content().replace("\r\n", "\n") for kind in ("plain", "html") if one("text/" + kind)}
    lines = content.split(b"\r\n")
    head = lines[: lines.index(b"")]
    to = mail["To"].addresses
    return {
        "headers": {name: str(value) for name, value in mail.items()},
        "names": [name for name in mail.keys()],
        "to": [[address.display_name, address.addr_spec] for address in to],
        "from": [[address.display_name, address.addr_spec] for address in mail["From"].addresses],
        "date": mail["Date"].datetime.isoformat(),
        "types": [part.get_content_type() for part in mail.walk()],
        "texts": texts,
        "files": [[part.get_filename(), part.get_payload(decode=True).decode()] for part in parts if part.is_attachment()],
        "calendar": calendar(one("text/calendar")) if one("text/calendar") else None,
        "defects": [repr(defect) for part in mail.walk() for defect in part.defects]
        + [repr(defect) for part in mail.walk() for value in part.values() for defect in value.defects],
        "longest": max(map(len, lines)),
        "longestHeader": max(map(len, head)),
        "bare": b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""),
        "ascii": content.isascii(),
    }


class Handler:
    def __init__(self):
        self.seen = collections.Counter()
        self.sessions = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        self.seen[address] += 1
        if name == "unknown":
            return "550 5.1.1 no such mailbox"
        if name == "elsewhere":
            return "554 5.7.1 relay access denied"
        if name == "grey" and self.seen[address] == 1:
            return "450 4.2.0 greylisted, come back"
        if name == "busy" and self.seen[address] == 1:
            return "421 4.3.2 too many messages on this connection"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("forged"):
            return "553 5.7.1 sender not owned by the login"
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        name = address.split("@")[0]
        mail = described(envelope.content)
        mail["sender"], mail["recipient"] = envelope.mail_from, address
        mail["connection"] = self.sessions.setdefault(server, len(self.sessions))
        mail["encrypted"] = server.transport.get_extra_info("ssl_object") is not None
        mail["login"] = session.auth_data.login.decode() if session.auth_data else None
        mail["attempt"] = self.seen[address]
        say(mail)
        first = self.seen[address] == 1
        if name == "spam":
            return "554-5.7.1 the content looks\r\n554 5.7.1 like spam"
        if name == "cut" and first:
            server.transport.abort()
            await asyncio.sleep(3600)
        if name == "stall" and first:
            await asyncio.sleep(3600)
        if name.startswith("kill-") and first:
            # The server has taken it, and whoever sent it does not live to say so.
            os.kill(int(name[5:]), signal.SIGKILL)
        if name == "dies":
            os._exit(0)
        return "250 2.0.0 taken"


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--tls", default="none")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--login")
parser.add_argument("--greeting")
arguments = parser.parse_args()


class Server(SMTP):
    async def push(self, status):
        # The first thing that is said is the greeting.
        if arguments.greeting and not self.session.host_name:
            status = arguments.greeting
        await super().push(status)
        if arguments.greeting:
            self.transport.close()


def authenticate(server, session, envelope, mechanism, data):
    user, password = arguments.login.split(":")
    right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (user, password)
    return AuthResult(success=right, handled=right, auth_data=data, message=None if right else "535 5.7.8 wrong password")


async def serve():
    context = None
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
    handler = Handler()
    loop = asyncio.get_running_loop()
    make = lambda: Server(
        handler,
        hostname="mail.test",
        tls_context=context if arguments.tls == "starttls" else None,
        require_starttls=arguments.tls == "starttls",
        authenticator=authenticate if arguments.login else None,
        auth_required=bool(arguments.login),
        auth_require_tls=arguments.tls == "starttls",
        loop=loop,
    )
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", arguments.port))
    server = await loop.create_server(make, sock=listener, ssl=context if arguments.tls == "implicit" else None)
    say({"port": listener.getsockname()[1]})
    # Ends with whoever started it.
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(serve())
