import Foundation
import PluginKit
import Testing
import Varlink

/// How a plugin's process begins and ends.
@Suite struct PluginLifeTests {
    @Test(arguments: ["storage-sqlite", "notify-journal"])
    func aPluginEndsWhenItsSocketCloses(name: String) async throws {
        let folder = try TemporaryFolder()
        let arguments = name == "storage-sqlite" ? ["--database", folder.path + "/a.sqlite"] : []
        let plugin = try await ConnectedPlugin.start(name, arguments)
        _ = try await PluginClient(plugin.clients[0]).probe()
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
        #expect(await plugin.process.written.output == "")
    }

    @Test func aPluginWithoutASocketSaysHowToStartIt() async throws {
        let process = try PluginProcess("storage-sqlite", ["--database", "/nowhere/a.sqlite"])
        #expect(await process.ended().code != 0)
        let written = await process.written
        #expect(written.errors.contains("--socket PATH"))
        #expect(written.output == "")
    }

    @Test func aPluginRunByHandListensWhereItIsTold() async throws {
        let folder = try TemporaryFolder()
        let process = try PluginProcess("notify-journal", ["--socket", folder.path + "/s"])
        var client: VarlinkClient?
        while client == nil {
            client = try? await VarlinkClient.connect(path: folder.path + "/s")
            await Task.yield()
        }
        let connected = try #require(client)
        let description = try await PluginClient(connected).describe(expecting: .notification)
        #expect(description == PluginDescription(name: "journal", version: "1.0.0", kind: .notification))
        process.signal(SIGINT)
        #expect(await process.ended() == .init(code: 0))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/s"))
    }

    @Test(.timeLimit(.minutes(1))) func aPluginCanBeEndedAtAnyMomentOfItsStart() async throws {
        let folder = try TemporaryFolder()
        for milliseconds in 0..<60 {
            let process = try PluginProcess("notify-journal", ["--socket", folder.path + "/s\(milliseconds)"])
            // The moment is what is tried here.
            try await Task.sleep(for: .milliseconds(milliseconds))
            process.signal(SIGTERM)
            let exit = await process.ended()
            #expect(exit == .init(code: 0) || exit == .init(signal: SIGTERM))
        }
    }

    @Test func nothingWorksBeforeTheStoreIsOpened() async throws {
        let folder = try TemporaryFolder()
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", folder.path + "/a.sqlite"])
        let refusal = StorageError.unavailable(
            operation: "Commit", reason: "the store has not been opened; call Open first")
        await #expect(throws: refusal) { try await plugin.storage.commit([Samples.opening("c1")]) }
        #expect(try await PluginClient(plugin.clients[0]).probe() == .ready)
    }

    @Test func terminationFinishesWhatIsUnderWay() async throws {
        let folder = try TemporaryFolder()
        let database = folder.path + "/a.sqlite"
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database], connections: 4)
        _ = try await plugin.storage.open(clock: .real)
        // Every caller commits until it is told that the plugin is gone.
        let acknowledged = await withTaskGroup(of: [String].self) { group in
            for (number, client) in plugin.clients.enumerated() {
                group.addTask {
                    let storage = StorageClient(writer: client)
                    var ids: [String] = []
                    for count in 0... {
                        let id = "c\(number)-\(count)"
                        guard (try? await storage.commit([Samples.opening(id)]))?.first?.isCommitted == true else {
                            break
                        }
                        ids.append(id)
                        if number == 0, count == 20 { plugin.process.signal(SIGTERM) }
                    }
                    return ids
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(await plugin.process.ended() == .init(code: 0))
        // An orderly end leaves one file.
        #expect(!FileManager.default.fileExists(atPath: database + "-wal"))
        let again = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        _ = try await again.storage.open(clock: .real)
        let kept = try await again.storage.eventCases()
        #expect(Set(kept).isSuperset(of: acknowledged))
        #expect(Set(kept).count == kept.count)
        #expect(acknowledged.count > 20)
    }
}
