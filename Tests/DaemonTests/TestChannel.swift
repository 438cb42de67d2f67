import Foundation
import JSONCore
import Testing

/// A channel as a process of its own: it writes each message that it takes into a file, one JSON object a line, and does
/// what the test has asked for by making a file.
struct TestChannel {
    let name: String
    let daemon: TestDaemon

    /// What to put into `notifications`.
    var address: String { "exec:notify-\(name) \(name) \(daemon.folder)" }

    static func install(in daemon: TestDaemon) throws {
        for name in ["a", "b"] { try daemon.installPlugin("notify-\(name)", text: program) }
    }

    private static let program = """
        #!/usr/bin/env python3
        import json, os, socket, sys, time
        name, folder = sys.argv[1:]
        place = f"{folder}/{name}"
        daemon = socket.socket(fileno=3)
        waiting = b""
        while data := daemon.recv(65536):
            *calls, waiting = (waiting + data).split(b"\\0")
            for call in map(json.loads, calls):
                reply = dict(state="ready")
                if call["method"].endswith("Describe"):
                    reply = dict(name=name, version="1", kind="notification", contract=1, capabilities=[])
                if call["method"].endswith("Deliver"):
                    message = call["parameters"]["message"]
                    message["pid"] = os.getpid()
                    with open(place + ".asked", "a", encoding="utf-8") as file: print(message["id"], file=file)
                    while os.path.exists(place + ".hang"): time.sleep(0.01)
                    reply = dict(outcome="delivered")
                    if os.path.exists(place + ".later"):
                        reply = dict(outcome="retry", retryAfterSeconds=1, reason="the mailbox is full")
                    elif os.path.exists(place + ".never"):
                        reply = dict(outcome="rejected", reason="no such mailbox")
                    else:
                        with open(place, "a", encoding="utf-8") as file: print(json.dumps(message), file=file)
                    if os.path.exists(place + ".slow"): time.sleep(0.005)
                    if os.path.exists(place + ".die"):
                        os.remove(place + ".die")
                        os._exit(1)
                daemon.sendall(json.dumps(dict(parameters=reply)).encode() + b"\\0")
        """

    /// What it does from now on, or no longer: `hang`, `later`, `never`, `slow`, `die` (once, after it has taken a message).
    func behave(_ how: String, _ isSo: Bool = true) throws {
        let path = "\(daemon.folder)/\(name).\(how)"
        if isSo {
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    /// The messages that it has taken.
    var taken: [JSONObject] {
        get throws { try lines("").map { try #require(JSON(parsing: String($0)).objectValue) } }
    }

    /// The ids of the messages that it was asked to take.
    var asked: [String] { lines(".asked").map(String.init) }

    private func lines(_ ending: String) -> [Substring] {
        let text = (try? String(contentsOfFile: "\(daemon.folder)/\(name)\(ending)", encoding: .utf8)) ?? ""
        // The last line may be in the making.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}

extension TestDaemon {
    /// Puts messages into the outbox as a commit does: each for one recipient, in order.
    func enqueue(
        _ recipients: [String], topic: String = "remind", title: String = "Hồ sơ", data: JSONObject = [:],
        name: String = "test"
    ) async throws {
        let data = JSONObject(uniqueKeysWithValues: data.map { ($0.key, $0.value) })
        let common: JSONObject = [
            "workflow": "rotation-onboarding", "definition": 2, "state": "drafting", "title": .string(title),
        ]
        let input = folder + "/enqueue-\(UUID().uuidString)"
        let json: JSONObject = [
            "recipients": .array(recipients.map(JSON.string)), "topic": .string(topic), "name": .string(name),
            "data": .string(JSON.object(common.merging(data) { $1 }).description),
        ]
        try JSON.object(json).description.write(toFile: input, atomically: false, encoding: .utf8)
        let script = """
            import json, sqlite3, sys
            order = json.load(open(sys.argv[2]))
            store = sqlite3.connect(sys.argv[1], timeout=60)
            with store:
                store.executemany(
                    "INSERT INTO messages (id, case_id, version, recipient, topic, created_at, data) VALUES (?,?,1,?,?,?,?)",
                    [(f"{order['name']}-{number:06}", order["name"], recipient, order["topic"],
                      f"2022-07-01T00:{number // 60000:02}:{number // 1000 % 60:02}.{number % 1000:03}Z", order["data"])
                     for number, recipient in enumerate(order["recipients"])])
                store.execute("UPDATE totals SET messages_waiting = messages_waiting + ?", [len(order["recipients"])])
            """
        let python = try ChildProcess("python3", ["-c", script, database, input], output: folder + "/enqueue")
        try #require(
            await python.exitStatus == 0, "\((try? String(contentsOfFile: folder + "/enqueue", encoding: .utf8)) ?? "")"
        )
        // The daemon looks at once, as it does after a commit.
        _ = try await client().manager("RetryMessages", ["ids": ["nothing"]])
    }

    /// Says in the directory how officials want to be told: channel, quiet hours, digest.
    func wish(_ wishes: [String: (channel: String, quietHours: String, digest: String)]) throws {
        let path = config + "/directory/officials.csv"
        var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        for index in lines.indices {
            let wish = wishes[String(lines[index].split(separator: ",")[0])]
            lines[index] += index == 0 ? ",channel,quiet_hours,digest" : wish.map { ",\($0),\($1),\($2)" } ?? ",,,"
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// What `rotationctl` prints, in English.
    func tool(_ arguments: String..., status: Int32 = 0) async throws -> String {
        let output = folder + "/output-\(UUID().uuidString)"
        let process = try ChildProcess(
            TestDaemon.programs + "/rotationctl", arguments + ["--socket", socket, "--language", "en"], output: output)
        let exit = await process.exitStatus
        let text = try String(contentsOfFile: output, encoding: .utf8)
        #expect(exit == status, "\(arguments): \(text)")
        return text
    }
}
