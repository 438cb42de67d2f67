#!/usr/bin/python3
# A notification plugin in a few lines: appends what it is told to a file. In rotationd.yaml:
#   notifications: ["exec:/path/of/notify-file.py /tmp/messages.txt"]
import json, socket, sys

daemon = socket.socket(fileno=3)  # the socket that LISTEN_FDS=1 promises
waiting = b""
while data := daemon.recv(65536):  # ends when the daemon closes the socket
    *messages, waiting = (waiting + data).split(b"\0")
    for call in map(json.loads, messages):
        match call["method"]:
            case "org.rotationd.Plugin.Describe":
                reply = dict(name="file", version="1", kind="notification", contract=1, capabilities=[])
            case "org.rotationd.Plugin.Probe":
                reply = dict(state="ready")
            case "org.rotationd.Notification.Deliver":
                message = call["parameters"]["message"]
                if "id" not in message:
                    error = dict(error="org.varlink.service.InvalidParameter", parameters=dict(parameter="message.id"))
                    daemon.sendall(json.dumps(error).encode() + b"\0")
                    continue
                with open(sys.argv[1], "a", encoding="utf-8") as file:
                    print(message["subject"], file=file)
                reply = dict(outcome="delivered")
        daemon.sendall(json.dumps(dict(parameters=reply)).encode() + b"\0")
