import Foundation
import PluginKit
import Testing
import Varlink

/// The suites that every plugin must pass, on the real processes.
@Suite struct ConformanceTests {
    @Test(arguments: [1, 4])
    func sqliteKeepsTheStorageContract(connections: Int) async throws {
        let folder = try TemporaryFolder()
        let plugin = try await ConnectedPlugin.start(
            "storage-sqlite", ["--database", folder.path + "/a.sqlite"], connections: connections)
        let results = await StorageConformance.run(over: plugin.clients)
        #expect(results.count > 30)
        for result in results { #expect(result.outcome == .passed, "\(result)") }
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
    }

    @Test func sqliteServesAListeningSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/s"
        let plugin = try ListeningPlugin("storage-sqlite", ["--database", folder.path + "/a.sqlite"], path: path)
        var clients: [VarlinkClient] = []
        for _ in 0..<3 { clients.append(try await .connect(path: path, limits: PluginLimits.client)) }
        let results = await StorageConformance.run(over: clients)
        for result in results { #expect(result.outcome == .passed, "\(result)") }
        // A client that goes does not end it.
        for client in clients { await client.close() }
        let client = try await VarlinkClient.connect(path: path)
        #expect(try await PluginClient(client).probe() == .ready)
        plugin.process.signal(SIGTERM)
        #expect(await plugin.process.ended() == .init(code: 0))
    }

    @Test func theSuiteRefusesAStoreInUse() async throws {
        let folder = try TemporaryFolder()
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", folder.path + "/a.sqlite"])
        _ = try await plugin.storage.open(clock: .rehearsal)
        _ = try await plugin.storage.commit([Samples.opening("c1")])
        let results = await StorageConformance.run(over: plugin.clients)
        #expect(results.count == 1)
        #expect("\(results)".contains("run the suite on an empty store"))
        #expect(try await plugin.storage.statistics().cases == 1)
    }

    @Test func theSuiteNamesAPluginOfAnotherKind() async throws {
        let plugin = try await ConnectedPlugin.start("notify-journal")
        let results = await StorageConformance.run(over: plugin.clients)
        #expect("\(results)".contains("the plugin journal 1.0.0 is a notification plugin"))
    }

    @Test func journalKeepsTheNotificationContract() async throws {
        let plugin = try await ConnectedPlugin.start("notify-journal")
        let results = await NotificationConformance.run(over: plugin.clients[0])
        #expect(results.count > 5)
        for result in results { #expect(result.outcome == .passed, "\(result)") }
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
        let written = await plugin.process.written
        #expect(written.errors.contains("conformance-first"))
        #expect(written.errors.contains("Nhắc việc"))
        #expect(written.output == "")
    }
}

/// A plugin that was started as systemd starts it: with a listening socket.
struct ListeningPlugin {
    let process: PluginProcess

    init(_ name: String, _ arguments: [String], path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
        process = try PluginProcess(name, arguments, sockets: [descriptor])
    }
}
