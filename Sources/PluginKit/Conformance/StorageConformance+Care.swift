import Glibc
import Workflow

extension StorageConformance {
    static let care: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("the figures follow what is committed") { scene in
            var before = try await scene.storage.statistics()
            let timers = [CaseTimer(id: "t", kind: .remind, name: "t", due: StorageScene.never)]
            let opened = try await scene.open(
                scene.newCase(1) {
                    $0.timers = timers + [CaseTimer(id: "u", kind: .remind, name: "t", due: StorageScene.never)]
                },
                scene.newCase(2) { $0.overdue = ["x"] }, scene.newCase(3))
            let id = scene.prefix + "m"
            _ = try await scene.storage.commit([
                Transaction(
                    changes: [
                        scene.step(opened[0]) {
                            $0.timers = timers
                            $0.overdue = ["x"]
                        },
                        scene.step(opened[1]) {
                            $0.overdue = []
                            $0.closedAt = $0.updatedAt
                        },
                    ], messages: [scene.message(id, of: opened[0]), scene.message(id + "2", of: opened[0])])
            ])
            try await scene.storage.settleDeliveries([
                Settlement(id: id, outcome: .parked, at: StorageScene.start, reason: "x")
            ])
            let after = try await scene.storage.statistics()
            before.cases += 3
            before.openCases += 2
            before.overdueCases += 1
            before.events += 5
            before.position += 5
            before.timers += 1
            before.messagesParked += 1
            before.messagesWaiting += 1
            before.sizeBytes = after.sizeBytes
            before.freeBytes = after.freeBytes
            before.oldestWaitingAt = after.oldestWaitingAt
            before.lastCommitAt = opened[1].updatedAt + 1
            try expect(after, is: before, "statistics")
            try expect(after.sizeBytes > 0, "the store has no size")
            try expect(after.oldestWaitingAt.map { $0 <= StorageScene.start } == true, "no message waits since long")
        },
        ConformanceCheck("a sound store has no problems") { scene in
            try expect(try await scene.storage.check(), is: [], "problems")
        },
        ConformanceCheck("a plugin with an open store is ready") { scene in
            try expect(try await scene.plugin.probe(), is: .ready, "Probe")
        },
        ConformanceCheck("a backup is a new file with all that was committed before", capability: "backup") { scene in
            try await scene.open(scene.newCase(1))
            let position = try await scene.storage.statistics().position
            let made = try await scene.storage.backup(keep: nil)
            defer { unlink(made.backup.path) }
            try expect(made.position, is: position, "the backup's position")
            try expect(made.backup.kind, is: .manual, "kind")
            try expect(made.backup.bytes > 0, "the backup is empty")
            try expect(made.removed, is: [], "removed")
            try expect(try await scene.storage.listBackups().contains(made.backup), "the backup is not listed")
        },
        ConformanceCheck("newer scheduled backups take the place of older ones only", capability: "backup") { scene in
            func paths() async throws -> [String] { try await scene.storage.listBackups().map(\.path) }
            var made: [String] = []
            defer { made.forEach { _ = unlink($0) } }
            let before = try await paths()
            for keep in [nil, 1000, 1000, 2, 1] {
                let next = try await scene.storage.backup(keep: keep)
                try expect(next.backup.kind, is: keep == nil ? .manual : .scheduled, "kind")
                let removed = keep == 2 ? [made[1]] : keep == 1 ? [made[2], made[3]] : []
                try expect(next.removed.sorted(), is: removed.sorted(), "removed")
                made.append(next.backup.path)
            }
            try expect(try await paths(), is: [made[4], made[0]] + before, "backups, newest first")
            try await expect(refusedParameter: "keep", "to keep none") { () async throws(StorageError) in
                _ = try await scene.storage.backup(keep: 0)
            }
        },
    ]
}
