import JSONCore
import Workflow

/// The outbox. Messages of other checks wait in it too, so each looks at its own.
extension StorageConformance {
    static let messages: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("messages wait to be addressed, oldest first, and are addressed once") { scene in
            let time = Timestamp(milliseconds: 10_000_000)
            let new = scene.newCase(1)
            let ids = (1...4).map { scene.prefix + "m\($0)" }
            // Committed newest first.
            let messages = ids.enumerated().reversed().map { scene.message($1, of: new, at: time + $0) }
            let change = scene.step(new, "$open")
            let outcome = try await scene.storage.commit([Transaction(changes: [change], messages: messages)])
            guard case .committed = outcome[0] else { throw ConformanceFailure(description: "commit: \(outcome[0])") }
            func waiting(_ seconds: Int) async throws -> [DueMessage] {
                try await scene.storage.findMessages(wall: time + seconds * 1000, limit: 1000)
                    .filter { $0.message.id.hasPrefix(scene.prefix) }
            }
            try expect(
                try await waiting(1).map(\.json.text),
                is: messages.reversed().map { DueMessage(message: $0, attempts: 0).json.text }, "those that wait")
            // Nobody is found for the first; the second has two recipients.
            try await scene.storage.settleDeliveries([
                Settlement(id: ids[0], outcome: .retry, at: time, notBefore: time + 50_000, reason: "nobody")
            ])
            let deliveries = ["a", "b"].map { scene.delivery("\(ids[1])-\($0)", of: ids[1], to: $0, due: time) }
            let addressed = [
                AddressedMessage(message: ids[1], deliveries: deliveries),
                AddressedMessage(message: scene.prefix + "unknown", deliveries: deliveries),
            ]
            for _ in 0..<2 { try await scene.storage.addressMessages(addressed, at: time) }
            try expect(try await waiting(49).map(\.message.id), is: Array(ids[2...]), "the rest")
            try expect(
                try await waiting(50).first, is: DueMessage(message: messages[3], attempts: 1, failingSince: time),
                "the one for which nobody was found")
            var listed: [OutboxEntry] = []
            var cursor: String?
            repeat {
                let page = try await scene.storage.listDeliveries(.waiting, cursor: cursor, limit: 2)
                listed += page.elements.filter { $0.id.hasPrefix(scene.prefix) }
                cursor = page.cursor
            } while cursor != nil
            let first = OutboxEntry(
                message: messages[3], state: .waiting, attempts: 1, notBefore: time + 50_000, settledAt: time,
                reason: "nobody")
            let all =
                [first] + deliveries.map { OutboxEntry(message: messages[2], delivery: $0, state: .waiting) }
                + [messages[1], messages[0]].map { OutboxEntry(message: $0, state: .waiting) }
            try expect(listed.map(\.json.text), is: all.map(\.json.text), "the list")
            let loaded = try await scene.storage.loadDeliveries(ids: [ids[1], deliveries[1].id, ids[0], "unknown"])
            try expect(Set(loaded.map(\.id)), is: [deliveries[1].id, ids[0]], "by id")
            // Parked when it has taken too long, tried again as if it had never failed, given up.
            try await scene.settle(ids[0], .parked, "nobody")
            try expect(try await waiting(1000).map(\.message.id), is: Array(ids[2...]), "without the parked one")
            try await scene.settle(ids[0], .retry)
            try expect(
                try await waiting(1000).first, is: DueMessage(message: messages[3], attempts: 0), "tried anew")
            for id in [ids[0], ids[2], ids[3]] + deliveries.map(\.id) { try await scene.settle(id, .dropped) }
            try expect(try await waiting(1000), is: [], "none")
        },
        ConformanceCheck("each recipient's deliveries stand in a line") { scene in
            let time = Timestamp(milliseconds: 20_000_000)
            let channel = scene.prefix + "channel"
            func found(_ seconds: Int, after: String? = nil, limit: Int = 1000) async throws -> [String] {
                try await scene.storage.findDeliveries(
                    channel: channel, now: time + seconds * 1000, wall: time + seconds * 1000, after: after,
                    limit: limit
                ).map { String($0.delivery.id.dropFirst(scene.prefix.count)) }
            }
            // For b the second is due first.
            try await scene.address(
                channel, [("1a", "a", 0), ("2a", "a", 0), ("3b", "b", 5), ("4b", "b", 2)], from: time)
            try expect(try await found(0), is: ["1a", "2a"], "what is due")
            try expect(try await found(5), is: ["1a", "2a", "4b", "3b"], "in order of due times")
            try expect(try await found(5, after: "a"), is: ["4b", "3b"], "of later recipients")
            try expect(try await found(5, after: "b"), is: [], "after the last recipient")
            try expect(try await found(5, limit: 1).first, is: "1a", "no more than asked for")
            // The head waits, and with it the line; the other line goes on.
            try await scene.settle(scene.prefix + "1a", .retry, "later", notBefore: time + 50_000, doubtful: true)
            try expect(try await found(49), is: ["4b", "3b"], "while the head waits")
            try expect(try await found(50), is: ["1a", "2a", "4b", "3b"], "when it may be tried again")
            let again = try await scene.storage.findDeliveries(
                channel: channel, now: time + 50_000, wall: time + 50_000, after: nil, limit: 1)
            try expect(again.first?.attempts, is: 1, "attempts")
            try expect(again.first?.failingSince, is: StorageScene.start, "since when it fails")
            // One is not due by the daemon's clock, another is not to be tried yet by the machine's.
            let early = try await scene.storage.findDeliveries(
                channel: channel, now: time + 2000, wall: StorageScene.never, after: nil, limit: 1000)
            try expect(early.count, is: 3, "due by the daemon's clock")
            try await scene.settle(scene.prefix + "4b", .postponed, notBefore: time + 60_000)
            try expect(try await found(50), is: ["1a", "2a", "3b"], "one that was postponed")
            try expect(try await found(60), is: ["1a", "2a", "3b", "4b"], "when it is due")
            // What is delivered stays so; what is parked leaves the line and comes back as if it had never failed.
            try await scene.settle(scene.prefix + "1a", .delivered)
            try await scene.settle(scene.prefix + "1a", .retry)
            try await scene.settle(scene.prefix + "2a", .parked, "no address")
            try expect(try await found(60), is: ["3b", "4b"], "without the delivered and the parked one")
            let parked = try await scene.storage.loadDeliveries(ids: [scene.prefix + "2a"]).first
            try expect(parked?.state, is: .parked, "state")
            try expect(parked?.reason, is: "no address", "reason")
            let delivered = try await scene.storage.loadDeliveries(ids: [scene.prefix + "1a"]).first
            try expect(delivered?.state, is: .delivered, "state")
            try expect(delivered?.doubtful, is: 1, "times in doubt")
            try await scene.settle(scene.prefix + "2a", .retry)
            try expect(try await found(60), is: ["2a", "3b", "4b"], "with the one that was parked")
            for id in ["2a", "3b", "4b"] { try await scene.settle(scene.prefix + id, .dropped) }
            try expect(try await found(60), is: [], "none")
        },
        ConformanceCheck("a digest comes whole and alone") { scene in
            let time = Timestamp(milliseconds: 30_000_000)
            let channel = scene.prefix + "channel"
            let parts = (10..<40).map { ("\($0)", "a", 3) }
            try await scene.address(channel, [("1", "a", 0)], from: time)
            try await scene.address(channel, parts, from: time, digest: true)
            try await scene.address(channel, [("2", "a", 9)], from: time)
            func found() async throws -> [String] {
                try await scene.storage.findDeliveries(
                    channel: channel, now: time + 20_000, wall: time + 20_000, after: nil, limit: 1
                ).map { String($0.delivery.id.dropFirst(scene.prefix.count)) }
            }
            try expect(try await found(), is: ["1"], "before it")
            try await scene.settle(scene.prefix + "1", .delivered)
            try expect(try await found(), is: parts.map(\.0), "the digest")
            for part in parts { try await scene.settle(scene.prefix + part.0, .delivered) }
            try expect(try await found(), is: ["2"], "after it")
            try await scene.settle(scene.prefix + "2", .delivered)
        },
        ConformanceCheck("what waits for a channel that is no more goes over another") { scene in
            let time = Timestamp(milliseconds: 45_000_000)
            let (old, new) = (scene.prefix + "old", scene.prefix + "new")
            try await scene.address(old, [("1", "a", 0), ("2", "a", 0), ("3", "b", 0)], from: time)
            try await scene.settle(scene.prefix + "1", .parked, "x")
            try await scene.settle(scene.prefix + "3", .delivered)
            let channels = ["1", "2", "3"].map { scene.prefix + $0 }
            func over() async throws -> [String] {
                try await scene.storage.loadDeliveries(ids: channels).sorted { $0.id < $1.id }
                    .compactMap { $0.delivery?.channel }
            }
            _ = try await scene.storage.rerouteDeliveries(channels: [old, new], to: new)
            try expect(try await over(), is: [old, old, old], "while it is there")
            try expect(try await scene.storage.rerouteDeliveries(channels: [new], to: new) >= 2, "too few")
            try expect(try await over(), is: [new, new, old], "when it is gone")
            for id in ["1", "2"] { try await scene.settle(scene.prefix + id, .dropped) }
        },
        ConformanceCheck("what was delivered is forgotten in time, what waits is not") { scene in
            let time = Timestamp(milliseconds: 40_000_000)
            let channel = scene.prefix + "channel"
            try await scene.address(channel, [("1", "a", 0), ("2", "a", 0), ("3", "a", 0)], from: time)
            try await scene.storage.settleDeliveries([
                Settlement(id: scene.prefix + "1", outcome: .delivered, at: time + 1000),
                Settlement(id: scene.prefix + "2", outcome: .delivered, at: time + 5000),
                Settlement(id: scene.prefix + "3", outcome: .parked, at: time + 1000, reason: "x"),
            ])
            func left() async throws -> Set<String> {
                let ids = ["1", "2", "3"].map { scene.prefix + $0 }
                return Set(try await scene.storage.loadDeliveries(ids: ids).map { String($0.id.last ?? " ") })
            }
            while try await scene.storage.purgeDeliveries(before: time + 1000, limit: 1000) > 0 {}
            try expect(try await left(), is: ["1", "2", "3"], "before it is time")
            while try await scene.storage.purgeDeliveries(before: time + 5000, limit: 1000) > 0 {}
            try expect(try await left(), is: ["2", "3"], "when it is time for one")
            try await scene.settle(scene.prefix + "3", .dropped)
        },
        ConformanceCheck("Ten thousand that wait are found piece by piece") { scene in
            let time = Timestamp(milliseconds: 50_000_000)
            let channel = scene.prefix + "channel"
            let new = scene.newCase(1)
            try await scene.open(new)
            for start in stride(from: 0, to: 10_000, by: 1000) {
                let id = "\(scene.prefix)m\(start)"
                _ = try await scene.storage.commit([
                    Transaction(changes: [], messages: [scene.message(id, of: new, at: time)])
                ])
                let deliveries = (start..<start + 1000).map {
                    scene.delivery("\(scene.prefix)\($0)", of: id, to: "\($0 % 500)", channel: channel, due: time)
                }
                try await scene.storage.addressMessages(
                    [AddressedMessage(message: id, deliveries: deliveries)], at: time)
            }
            var after: String?
            var lines: Set<String> = []
            var count = 0
            repeat {
                let piece = try await scene.storage.findDeliveries(
                    channel: channel, now: time, wall: time, after: after, limit: 100)
                try expect(piece.count < 300, "a piece of \(piece.count) where 100 were asked for")
                lines.formUnion(piece.map(\.delivery.recipient))
                count += piece.count
                after = piece.last?.delivery.recipient
            } while after != nil
            try expect(lines.count, is: 500, "lines")
            try expect(count >= 500, "only \(count) deliveries of 500 lines")
            for start in stride(from: 0, to: 10_000, by: 1000) {
                try await scene.storage.settleDeliveries(
                    (start..<start + 1000).map {
                        Settlement(id: "\(scene.prefix)\($0)", outcome: .delivered, at: time)
                    })
            }
            while try await scene.storage.purgeDeliveries(before: time + 1, limit: 1000) > 0 {}
        },
    ]
}

extension StorageScene {
    fileprivate func delivery(
        _ id: String, of message: String, to recipient: String, channel: String? = nil, due: Timestamp,
        digest: Bool = false
    ) -> Delivery {
        Delivery(
            id: id, message: message, recipient: recipient, channel: channel ?? prefix + "channel", due: due,
            digest: digest)
    }

    /// Commits a message for each delivery and addresses it: the delivery's name, its recipient, and seconds until it is due.
    fileprivate func address(
        _ channel: String, _ deliveries: [(name: String, recipient: String, due: Int)], from time: Timestamp,
        digest: Bool = false
    ) async throws {
        let new = newCase(1)
        let messages = deliveries.enumerated().map { index, delivery in
            message(prefix + "message-" + delivery.name, of: new, at: time + index)
        }
        _ = try await storage.commit([Transaction(changes: [], messages: messages)])
        try await storage.addressMessages(
            deliveries.map { made in
                AddressedMessage(
                    message: prefix + "message-" + made.name,
                    deliveries: [
                        delivery(
                            prefix + made.name, of: prefix + "message-" + made.name, to: made.recipient,
                            channel: channel, due: time + made.due * 1000, digest: digest)
                    ])
            }, at: time)
    }

    fileprivate func settle(
        _ id: String, _ outcome: Settlement.Outcome, _ reason: String? = nil, notBefore: Timestamp? = nil,
        doubtful: Bool = false
    ) async throws {
        try await storage.settleDeliveries([
            Settlement(
                id: id, outcome: outcome, at: Self.start, notBefore: notBefore, reason: reason, doubtful: doubtful)
        ])
    }
}
