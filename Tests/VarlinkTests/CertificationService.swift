import JSONCore
import Synchronization
import Varlink

/// `org.varlink.certification`: what a client must send, call by call, each made of the answer to the one before.
final class CertificationService: Sendable {
    private static let prefix = "org.varlink.certification."
    private static let pi = 3.141592653589793
    private static let structure: JSON = ["bool": false, "int": 2, "float": .double(pi), "string": "a lot of string"]
    private static let set: JSON = ["one": [:], "two": [:], "three": [:]]
    private static let myType: JSON = [
        "object": ["method": "org.varlink.certification.Test09", "parameters": ["map": ["foo": "Foo", "bar": "Bar"]]],
        "enum": "two", "struct": ["first": 1, "second": "2"], "array": ["one", "two", "three"],
        "dictionary": ["foo": "Foo", "bar": "Bar"], "stringset": set,
        "interface": [
            "foo": [nil, ["foo": "foo", "bar": "bar"], nil, ["one": "foo", "two": "bar"]],
            "anon": ["foo": true, "bar": false],
        ],
    ]

    /// What each call must bring, and what it is answered.
    private static let steps: [(method: String, wants: JSONObject, reply: JSONObject)] = [
        ("Test01", [:], ["bool": true]),
        ("Test02", ["bool": true], ["int": 1]),
        ("Test03", ["int": 1], ["float": 1.0]),
        ("Test04", ["float": 1.0], ["string": "ping"]),
        (
            "Test05", ["string": "ping"],
            ["bool": false, "int": 2, "float": .double(pi), "string": "a lot of string"]
        ),
        ("Test06", structure.objectValue!, ["struct": structure]),
        ("Test07", ["struct": structure], ["map": ["foo": "Foo", "bar": "Bar"]]),
        ("Test08", ["map": ["foo": "Foo", "bar": "Bar"]], ["set": set]),
        ("Test09", ["set": set], ["mytype": myType]),
        ("Test10", ["mytype": myType], [:]),
        ("Test11", ["last_more_replies": .array((1...10).map { "Reply number \($0)" })], [:]),
        ("End", [:], ["all_ok": true]),
    ]

    static let description = try! InterfaceDescription(
        parsing: String(decoding: PackageResources.org_varlink_certification_varlink, as: UTF8.self))

    private let next = Mutex<[String: Int]>([:])

    var server: VarlinkServer {
        var handlers: [String: MethodHandler] = [
            "Start": .unary { _ in
                self.next.withLock { next in
                    let id = "client-\(next.count)"
                    next[id] = 0
                    return ["client_id": .string(id)]
                }
            },
            "Test10": .stream { call, stream in
                _ = try self.advance(call)
                for number in 1...9 { try await stream.send(["string": .string("Reply number \(number)")]) }
                return ["string": "Reply number 10"]
            },
        ]
        for step in Self.steps where handlers[step.method] == nil {
            handlers[step.method] = .unary { try self.advance($0) }
        }
        return VarlinkServer(
            identity: ServiceIdentity(vendor: "V", product: "P", version: "1", url: "https://example.org"),
            interfaces: [ServedInterface(Self.description, handlers: handlers)]
        ) { error, _ in VarlinkError(Self.prefix + "CertificationError", ["wants": [:], "got": ["error": "\(error)"]]) }
    }

    /// How many clients have come to the end.
    var finished: Int { next.withLock { next in next.values.count { $0 == Self.steps.count } } }

    private func advance(_ call: Call) throws -> JSONObject {
        var got = call.parameters
        let id = got.removeValue(forKey: "client_id")?.stringValue ?? ""
        return try next.withLock { next in
            guard let position = next[id], position < Self.steps.count else {
                throw VarlinkError(Self.prefix + "ClientIdError")
            }
            let step = Self.steps[position]
            guard call.method == Self.prefix + step.method, JSON.object(got) == .object(step.wants),
                call.isOneway == (step.method == "Test11"), call.wantsMore == (step.method == "Test10")
            else {
                throw VarlinkError(
                    Self.prefix + "CertificationError",
                    [
                        "wants": ["method": .string(step.method), "parameters": .object(step.wants)],
                        "got": ["method": .string(call.method), "parameters": .object(got)],
                    ])
            }
            next[id] = position + 1
            return step.reply
        }
    }

    /// Does what a client must.
    static func run(_ client: VarlinkClient) async throws -> JSONObject {
        var last = try await client.call(prefix + "Start")
        let id = last["client_id"]!
        func parameters(_ more: JSONObject) -> JSONObject {
            more.merging(["client_id": id]) { $1 }
        }
        for step in 1...9 {
            last = try await client.call(prefix + "Test0\(step)", parameters(step == 1 ? [:] : last))
        }
        last["client_id"] = nil
        var replies: [JSON] = []
        for try await reply in client.stream(prefix + "Test10", parameters(last)) { replies.append(reply["string"]!) }
        try await client.callOneway(prefix + "Test11", parameters(["last_more_replies": .array(replies)]))
        return try await client.call(prefix + "End", parameters([:]))
    }
}
