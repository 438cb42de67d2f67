import Foundation
import JSONCore
import Testing
import Varlink

/// Somebody at the daemon's socket.
struct Person: Sendable {
    let client: VarlinkClient
    /// The official for whom a gateway speaks.
    let id: String?

    struct Answer: Equatable {
        let id: String
        let version: Int
        let state: String
    }

    func directory(_ method: String, _ parameters: JSONObject = [:]) async throws -> JSONObject {
        try await client.call("org.rotationd.Directory." + method, parameters)
    }

    func manager(_ method: String, _ parameters: JSONObject = [:]) async throws -> JSONObject {
        try await client.call("org.rotationd.Manager." + method, parameters)
    }

    func workflow(_ method: String, _ parameters: JSONObject = [:]) async throws -> JSONObject {
        var parameters = parameters
        if let id, parameters["person"] == nil { parameters["person"] = .string(id) }
        return try await client.call("org.rotationd.Workflow." + method, parameters)
    }

    /// The same connection, speaking for another.
    func speaking(for person: String) -> Person { Person(client: client, id: person) }

    @discardableResult
    func open(_ name: String, _ form: JSON, key: String = UUID().uuidString) async throws -> Answer {
        try Self.answer(await workflow("OpenCase", ["workflow": .string(name), "form": form, "key": .string(key)]))
    }

    @discardableResult
    func send(
        _ event: String, _ form: JSON? = nil, to id: String, key: String = UUID().uuidString, version: Int? = nil,
        for absent: String? = nil
    ) async throws -> Answer {
        var parameters: JSONObject = ["case": .string(id), "event": .string(event), "key": .string(key)]
        parameters["form"] = form
        parameters["expectedVersion"] = version.map(JSON.int)
        parameters["onBehalfOf"] = absent.map(JSON.string)
        return try Self.answer(await workflow("SendEvent", parameters))
    }

    private static func answer(_ reply: JSONObject) throws -> Answer {
        Answer(id: try reply.string("case"), version: try reply.int("version"), state: try reply.string("state"))
    }

    func document(_ id: String) async throws -> JSON {
        try #require(await workflow("GetCase", ["case": .string(id)])["document"])
    }

    /// All events of a case.
    func history(_ id: String) async throws -> [JSON] {
        var events: [JSON] = []
        while true {
            let reply = try await workflow(
                "GetHistory", ["case": .string(id), "after": .int(events.count), "limit": 1000])
            events += try reply.array("events")
            if reply["more"] != true { return events }
        }
    }
}

/// The error that `body` is answered with, by its name without the interface's, and its parameters.
func refusal(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
) async -> (name: String, JSONObject) {
    do {
        let answer = try await body()
        Issue.record("was not refused: \(answer)", sourceLocation: location)
    } catch let error as VarlinkError {
        return (String(error.name.split(separator: ".").last ?? ""), error.parameters)
    } catch {
        Issue.record("was not answered: \(error)", sourceLocation: location)
    }
    return ("", [:])
}
