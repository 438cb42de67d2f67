/// One promise of a contract and how it is tried.
struct ConformanceCheck<Scene: Sendable>: Sendable {
    let name: String
    /// The optional part of the contract that it belongs to.
    let capability: String?
    let run: @Sendable (Scene) async throws -> Void

    init(_ name: String, capability: String? = nil, run: @escaping @Sendable (Scene) async throws -> Void) {
        self.name = name
        self.capability = capability
        self.run = run
    }

    func result(in scene: Scene, capabilities: [String]) async -> ConformanceResult {
        if let capability, !capabilities.contains(capability) {
            return ConformanceResult(name: name, outcome: .skipped("the plugin lacks the capability \"\(capability)\""))
        }
        do {
            try await run(scene)
            return ConformanceResult(name: name, outcome: .passed)
        } catch {
            return ConformanceResult(name: name, outcome: .failed("\(error)"))
        }
    }
}

/// A promise that was not kept.
struct ConformanceFailure: Error, CustomStringConvertible {
    var description: String
}

func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw ConformanceFailure(description: message()) }
}

func expect<Value: Equatable>(_ found: Value, is wanted: Value, _ what: String) throws {
    if found != wanted { throw ConformanceFailure(description: "\(what): expected \(wanted), found \(found)") }
}

/// Expects `body` to be refused with `wanted`.
func expect(
    refusal wanted: StorageError, _ what: String, _ body: () async throws(StorageError) -> Void
) async throws {
    do throws(StorageError) {
        try await body()
    } catch {
        return try expect(error, is: wanted, what)
    }
    throw ConformanceFailure(description: "\(what): expected the error \"\(wanted)\", found none")
}

/// Expects `body` to be refused because of `parameter` or something within it.
func expect(
    refusedParameter parameter: String, _ what: String, _ body: () async throws(StorageError) -> Void
) async throws {
    do throws(StorageError) {
        try await body()
    } catch {
        if case .invalidParameter(let path) = error, path.contains(parameter) { return }
        throw ConformanceFailure(description: "\(what): expected InvalidParameter of \(parameter), found \"\(error)\"")
    }
    throw ConformanceFailure(description: "\(what): expected InvalidParameter of \(parameter), found no error")
}
