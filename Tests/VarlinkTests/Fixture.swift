import JSONCore
import NIOPosix
import Synchronization
import Testing
import Varlink

#if canImport(Glibc)
    import Glibc
#endif

/// A server of `org.example.test` on a socket of its own.
final class Fixture: Sendable {
    let server: VarlinkServer
    let path: String
    let gate = Gate()
    let notes = Notes()
    private let folder: String

    static let description = try! InterfaceDescription(
        parsing: String(decoding: PackageResources.org_example_test_varlink, as: UTF8.self))

    init(limits: ServerLimits = ServerLimits()) {
        folder = Self.makeFolder()
        path = folder + "/socket"
        server = Self.server(gate: gate, notes: notes, limits: limits)
    }

    /// Runs `body` beside a listening server, which is shut down at the end.
    static func with<Result>(
        limits: ServerLimits = ServerLimits(), _ body: (Fixture) async throws -> Result
    ) async throws -> Result {
        let fixture = Fixture(limits: limits)
        try await fixture.server.listen(path: fixture.path, mode: 0o600)
        do {
            let result = try await body(fixture)
            fixture.gate.openAll()
            await fixture.server.shutdown()
            fixture.removeFolder()
            return result
        } catch {
            fixture.gate.openAll()
            await fixture.server.shutdown()
            fixture.removeFolder()
            throw error
        }
    }

    func connect(_ limits: ClientLimits = ClientLimits()) async throws -> VarlinkClient {
        try await VarlinkClient.connect(path: path, limits: limits)
    }

    func removeFolder() {
        unlink(path)
        rmdir(folder)
    }

    static func makeFolder() -> String {
        var template = Array("/tmp/varlink-XXXXXX\0".utf8CString)
        return String(cString: mkdtemp(&template))
    }

    struct Unexpected: Error {}

    private static func server(gate: Gate, notes: Notes, limits: ServerLimits) -> VarlinkServer {
        let handlers: [String: MethodHandler] = [
            "Echo": .unary { $0.parameters },
            "Everything": .unary { _ in [:] },
            "Wait": .unary { call in
                let label = call.parameters["label"]!.stringValue!
                notes.add("began \(label)")
                do {
                    try await gate.wait(for: label)
                } catch {
                    notes.add("cancelled \(label)")
                    throw error
                }
                return ["label": .string(label)]
            },
            "Count": .stream { call, stream in
                let filler = call.parameters["bytes"]?.intValue.map { JSON.string(String(repeating: "x", count: $0)) }
                let last = call.parameters["to"]!.intValue!
                func reply(_ number: Int) -> JSONObject {
                    var reply: JSONObject = ["number": .int(number)]
                    reply["filler"] = filler
                    return reply
                }
                do {
                    for number in 1..<last {
                        try await stream.send(reply(number))
                        notes.count(number)
                    }
                } catch {
                    notes.add("count ended: \(error)")
                    throw error
                }
                return reply(last)
            },
            "Watch": .stream { _, stream in
                try await stream.send(["number": 1])
                do {
                    try await gate.wait(for: "watch")
                } catch {
                    notes.add("watch cancelled")
                    throw error
                }
                return ["number": 2]
            },
            "Fail": .unary { call in
                switch call.parameters["error"]!.stringValue! {
                case "unexpected": throw Unexpected()
                case "denied": throw VarlinkError.permissionDenied
                case "reply": return ["unknown": true]
                case let name: throw VarlinkError("org.example.test.\(name)", ["why": "asked"])
                }
            },
            "Notes": .unary { _ in ["notes": .array(notes.all.map(JSON.string))] },
            "Note": .unary { call in
                notes.add(call.parameters["note"]!.stringValue! + (call.isOneway ? " (oneway)" : ""))
                return [:]
            },
        ]
        return VarlinkServer(
            identity: ServiceIdentity(vendor: "V", product: "P", version: "1", url: "https://example.org"),
            interfaces: [ServedInterface(description, handlers: handlers)], limits: limits
        ) { error, call in VarlinkError("org.example.test.Broken", ["why": .string("\(error)")]) }
    }
}

/// Lets handlers go on when a test says so.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var open: Set<String> = []
        var waiting: [(label: String, id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var cancelled: Set<Int> = []
        var last = 0
    }
    private let state = Mutex(State())

    func wait(for label: String) async throws {
        let id = state.withLock {
            $0.last += 1; return $0.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                state.withLock { state in
                    if state.cancelled.contains(id) {
                        continuation.resume(throwing: CancellationError())
                    } else if state.isOpen || state.open.contains(label) {
                        continuation.resume()
                    } else {
                        state.waiting.append((label, id, continuation))
                    }
                }
            }
        } onCancel: {
            state.withLock { state in
                state.cancelled.insert(id)
                if let index = state.waiting.firstIndex(where: { $0.id == id }) {
                    state.waiting.remove(at: index).continuation.resume(throwing: CancellationError())
                }
            }
        }
    }

    func open(_ label: String) {
        state.withLock { state in
            state.open.insert(label)
            for waiter in state.waiting where waiter.label == label { waiter.continuation.resume() }
            state.waiting.removeAll { $0.label == label }
        }
    }

    func openAll() {
        state.withLock { state in
            state.isOpen = true
            for waiter in state.waiting { waiter.continuation.resume() }
            state.waiting = []
        }
    }
}

/// What handlers did, and a way to wait for it.
final class Notes: Sendable {
    private struct State {
        var notes: [String] = []
        var highest = 0
        var waiting: [(note: String, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var all: [String] { state.withLock { $0.notes } }
    /// The highest number that a stream has sent.
    var highest: Int { state.withLock { $0.highest } }

    func add(_ note: String) {
        state.withLock { state in
            state.notes.append(note)
            for waiter in state.waiting where waiter.note == note { waiter.continuation.resume() }
            state.waiting.removeAll { $0.note == note }
        }
    }

    func count(_ number: Int) { state.withLock { $0.highest = max($0.highest, number) } }

    func wait(for note: String) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.notes.contains(note) {
                    continuation.resume()
                } else {
                    state.waiting.append((note, continuation))
                }
            }
        }
    }
}
