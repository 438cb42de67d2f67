import JSONCore
import Varlink
import Workflow

/// What every notification plugin must do, tried on a running one. Messages go out for real: give it an address of your own.
public enum NotificationConformance {
    /// - Parameter address: Where the channel should send to, when it needs to know.
    public static func run(over connection: VarlinkClient, address: String? = nil) async -> [ConformanceResult] {
        do {
            try await PluginClient(connection).describe(expecting: .notification)
        } catch {
            return [ConformanceResult(name: "the plugin is a notification plugin", outcome: .failed("\(error)"))]
        }
        let scene = Scene(connection: connection, address: address)
        var results: [ConformanceResult] = []
        for check in checks { results.append(await check.result(in: scene, capabilities: [])) }
        return results
    }

    struct Scene: Sendable {
        let connection: VarlinkClient
        let address: String?

        func notification(_ id: String, _ adjust: (inout Notification) -> Void = { _ in }) -> Notification {
            var notification = Notification(
                id: "conformance-" + id, caseID: "conformance", version: 1, recipient: "cb-01",
                recipientName: "Cán bộ 01", address: address, language: "vi", topic: "remind", subject: "Nhắc việc",
                text: "Đề nghị đồng chí nộp phiếu tự đánh giá.", timeZone: "Asia/Ho_Chi_Minh",
                createdAt: StorageScene.start, data: [:])
            adjust(&notification)
            return notification
        }

        /// Asks the plugin itself, where ``NotifierClient`` would turn a failure into an outcome.
        func deliver(_ notification: Notification) async throws -> DeliveryOutcome {
            let reply = try await connection.call(
                "org.rotationd.Notification.Deliver", ["message": .object(notification.json)])
            let outcome = try DeliveryOutcome(json: reply)
            if case .retry(let seconds, let reason) = outcome {
                try expect(seconds > 0, "retry after \(seconds) seconds")
                try expect(!reason.isEmpty, "retry without a reason")
            }
            if case .rejected(let reason) = outcome { try expect(!reason.isEmpty, "rejected without a reason") }
            return outcome
        }
    }

    private static let checks: [ConformanceCheck<Scene>] = [
        ConformanceCheck("a message has an outcome") { scene in
            let outcome = try await scene.deliver(scene.notification("first"))
            if case .rejected(let reason) = outcome { throw ConformanceFailure(description: "rejected: \(reason)") }
        },
        ConformanceCheck("the same message has the same outcome, however often it comes") { scene in
            let first = try await scene.deliver(scene.notification("again"))
            for _ in 0..<4 { try expect(try await scene.deliver(scene.notification("again")), is: first, "outcome") }
        },
        ConformanceCheck("a topic that the plugin has never heard of is delivered like any other") { scene in
            let known = try await scene.deliver(scene.notification("known"))
            let unknown = try await scene.deliver(scene.notification("unknown") { $0.topic = "a-topic-of-tomorrow" })
            try expect(unknown, is: known, "outcome")
        },
        ConformanceCheck("any text is taken") { scene in
            _ = try await scene.deliver(
                scene.notification("unicode") {
                    $0.subject = ConformanceSamples.text
                    $0.text = ConformanceSamples.text
                    $0.recipientName = ConformanceSamples.text
                    $0.data = ConformanceSamples.document.objectValue ?? [:]
                })
            _ = try await scene.deliver(
                scene.notification("empty") {
                    $0.subject = ""
                    $0.text = ""
                    $0.recipientName = nil
                    $0.address = nil
                })
        },
        ConformanceCheck("a long text is taken") { scene in
            let text = String(repeating: "Đề nghị đồng chí nộp phiếu tự đánh giá.\n", count: 5000)
            _ = try await scene.deliver(scene.notification("long") { $0.text = text })
        },
        ConformanceCheck("a text as HTML and an invitation are taken, and a cancelled one") { scene in
            for (sequence, method) in Invitation.Method.allCases.enumerated() {
                let outcome = try await scene.deliver(
                    scene.notification("invitation-\(method.rawValue)") {
                        $0.html = "<p>Kính mời đồng chí dự họp.</p>"
                        $0.invitation = Invitation(
                            uid: "conformance@rotationd", sequence: sequence, method: method,
                            start: StorageScene.start, end: StorageScene.start + 5_400_000, summary: "Họp nghe báo cáo",
                            location: "Phòng họp số 1", description: "Nghe báo cáo chương trình hành động")
                    })
                if case .rejected(let reason) = outcome { throw ConformanceFailure(description: "rejected: \(reason)") }
            }
        },
        ConformanceCheck("a message without an id is refused by the field's name") { scene in
            var message = scene.notification("x").json
            message["id"] = nil
            do {
                _ = try await scene.connection.call("org.rotationd.Notification.Deliver", ["message": .object(message)])
            } catch let error as VarlinkError {
                return try expect(error, is: .invalidParameter("message.id"), "error")
            }
            throw ConformanceFailure(description: "it was delivered")
        },
    ]
}
