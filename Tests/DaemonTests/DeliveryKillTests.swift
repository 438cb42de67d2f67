import Foundation
import JSONCore
import Testing

/// kill -9 of the daemon while a thousand messages are under way.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DeliveryKillTests {
    private static let kills = 30
    private static let count = 1000

    @Test func testEveryMessageArrivesAndTwiceOnlyUnderTheSameId() async throws {
        let daemon = try TestDaemon()
        try TestChannel.install(in: daemon)
        let channel = TestChannel(name: "a", daemon: daemon)
        try channel.behave("slow")
        let settings = ["notifications=\(channel.address)"]
        try await daemon.start(settings)
        try await daemon.importDirectory()
        let people = 25
        try await daemon.enqueue((0..<Self.count).map { "official:person-\($0 % people)" })
        for kill in 1...Self.kills {
            // They are taken all the time, to the last kill.
            let enough = kill * 20
            try await until("messages are taken", limit: .seconds(60)) { channel.asked.count >= enough }
            await daemon.killNow()
            try daemon.launch(settings)
        }
        try await until("all are settled", limit: .seconds(120)) {
            guard let client = try? await daemon.client() else { return false }
            guard let status = try? await client.manager("GetStatus") else { return false }
            await client.client.close()
            return status["messagesWaiting"] == 0 && status["plugins"]?.arrayValue?.isEmpty == false
                && Set(channel.asked).count >= Self.count
        }
        let taken = try channel.taken
        let ids = taken.compactMap { $0["id"]?.stringValue }
        #expect(Set(ids).count == Self.count)
        // One life of the daemon sends nothing twice.
        let lives = taken.map { "\($0["pid"] ?? nil) \($0["id"] ?? nil)" }
        #expect(Set(lives).count == lives.count)
        // And everybody has his in order, whatever came again.
        var seen: Set<String> = []
        let firsts = ids.filter { seen.insert($0).inserted }
        for person in 0..<people {
            let his = firsts.filter { $0.contains("-person-\(person)-") }
            #expect(his == his.sorted() && his.count == Self.count / people, "\(his)")
        }
    }
}
