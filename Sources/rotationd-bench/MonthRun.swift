import JSONCore
import Synchronization
import Varlink

/// Plays a month of a whole country: everybody's case is opened, handed in, voted on and decided.
struct MonthRun {
    let daemon: Daemon
    let country: Country
    let clients: Int

    private static let period = "2022-07"
    /// Before the month, so that the bystander has something to read.
    private static let periodBefore = "2022-06"
    private static let quietSeconds = 2.0

    func run(_ note: (String) -> Void) async throws -> MonthResult {
        let connections = try await daemon.connect(clients)
        for number in 0..<min(Country.officialsOfAUnit, country.officials) {
            try await open(number, Self.periodBefore, connections[0])
        }
        let bystander = try await Bystander(daemon: daemon)
        note("watching another client")
        let before = try await bystander.latencies(until: { $0 >= Self.quietSeconds })
        var phases: [MonthResult.Phase] = []
        let ids = Mutex([String](repeating: "", count: country.officials))

        note("opening \(country.officials) cases")
        let isOpening = Atomic(true)
        async let meanwhile = bystander.latencies(until: { _ in !isOpening.load(ordering: .relaxed) })
        phases.append(
            try await phase("open", connections) { number, client in
                let id = try await open(number, Self.period, client)
                ids.withLock { $0[number] = id }
            })
        isOpening.store(false, ordering: .relaxed)
        let during = try await meanwhile

        let cases = ids.withLock { $0 }
        for (event, who, form) in [
            ("self_assess", Country.official, Country.selfAssessment),
            ("record_vote", Country.decider, country.voteRecord),
            ("decide", Country.decider, { _ in Country.decision }),
        ] as [(String, @Sendable (Int) -> String, @Sendable (Int) -> JSON)] {
            note("\(event) × \(country.officials)")
            phases.append(
                try await phase(event, connections) { number, client in
                    _ = try await client.call(
                        "org.rotationd.Workflow.SendEvent",
                        [
                            "case": .string(cases[number]), "event": .string(event), "form": form(number),
                            "key": .string("\(cases[number])-\(event)"), "person": .string(who(number)),
                        ])
                })
        }
        for client in connections { await client.close() }
        return MonthResult(
            officials: country.officials, phases: phases, bystanderBefore: Percentiles(before),
            bystanderMeanwhile: Percentiles(during), residentBytes: daemon.residentBytes)
    }

    @discardableResult
    private func open(_ number: Int, _ period: String, _ client: VarlinkClient) async throws -> String {
        try await client.call(
            "org.rotationd.Workflow.OpenCase",
            [
                "workflow": "monthly-assessment", "form": Country.open(number, period: period),
                "key": .string("\(period)-\(number)"), "person": .string(Country.board),
            ]
        ).string("case")
    }

    /// One step for every official, each client taking the next when it has its answer.
    private func phase(
        _ name: String, _ connections: [VarlinkClient],
        _ step: @escaping @Sendable (Int, VarlinkClient) async throws -> Void
    ) async throws -> MonthResult.Phase {
        let syncsBefore = try DiskBaseline.syncsPerSecond(in: daemon.folder)
        let begin = Machine.now
        let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for (index, client) in connections.enumerated() {
                group.addTask(executorPreference: ClientLoop.shared) {
                    var latencies: [UInt64] = []
                    for number in stride(from: index, to: country.officials, by: connections.count) {
                        let began = Machine.now
                        try await step(number, client)
                        latencies.append(Machine.now - began)
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let seconds = Double(Machine.now - begin) / 1e9
        return MonthResult.Phase(
            name: name, stepsPerSecond: Double(latencies.count) / seconds, latency: Percentiles(latencies),
            syncs: max(syncsBefore, try DiskBaseline.syncsPerSecond(in: daemon.folder)))
    }
}

/// Somebody else at the socket, who looks at his cases and his tasks from time to time.
struct Bystander {
    private let client: VarlinkClient
    private static let official = Country.official(1)

    init(daemon: Daemon) async throws { client = try await daemon.connect() }

    /// How long each call took, in nanoseconds.
    /// - Parameter isOver: Asked before each look, with the seconds since the first.
    func latencies(until isOver: @Sendable (Double) -> Bool) async throws -> [UInt64] {
        let begin = Machine.now
        var latencies: [UInt64] = []
        while !isOver(Double(Machine.now - begin) / 1e9) {
            for method in ["ListTasks", "ListCases"] {
                let began = Machine.now
                _ = try await client.call(
                    "org.rotationd.Workflow." + method, ["person": .string(Self.official), "limit": 20])
                latencies.append(Machine.now - began)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return latencies
    }
}
