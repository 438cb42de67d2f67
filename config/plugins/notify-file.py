#!/usr/bin/python3
# A notification plugin of twenty lines: appends what it is told to a file. In rotationd.yaml:
#   notifications: ["exec:/path/of/notify-file.py /tmp/messages.txt"]
import json, socket, sys

daemon = socket.socket(fileno=3)  # the socket that LISTEN_FDS=1 promises
incoming = daemon.makefile("rb")
calls = (json.loads(message) for message in iter(lambda: read(), b""))

def read():
    message = bytearray()
    while (byte := incoming.read(1)) not in (b"", b"\0"):
        message += byte
    return bytes(message)

for call in calls:  # ends when the daemon closes the socket
    match call["method"]:
        case "org.rotationd.Plugin.Describe":
            reply = dict(name="file", version="1", kind="notification", contract=1, capabilities=[])
        case "org.rotationd.Plugin.Probe":
            reply = dict(state="ready")
        case "org.rotationd.Notification.Deliver":
            with open(sys.argv[1], "a", encoding="utf-8") as file:
                print(call["parameters"]["message"]["subject"], file=file)
            reply = dict(outcome="delivered")
    daemon.sendall(json.dumps(dict(parameters=reply)).encode() + b"\0")
