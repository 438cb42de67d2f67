import Foundation
import JSONCore
import PluginKit
import Varlink
import Workflow

@testable import notify_email

/// notify-email as a process, with a configuration and a credential of its own.
struct EmailPlugin {
    let folder: TemporaryFolder
    let plugin: ConnectedPlugin

    static func start(
        port: Int, _ settings: String = "security: none", password: String? = nil
    ) async throws -> EmailPlugin {
        let folder = try TemporaryFolder()
        let config = try configuration(in: folder, port: port, settings)
        try FileManager.default.createDirectory(atPath: folder.path + "/credentials", withIntermediateDirectories: true)
        if let password {
            // With the line end that an editor leaves.
            try Data((password + "\n").utf8).write(to: URL(filePath: folder.path + "/credentials/smtp-password"))
        }
        let plugin = try await ConnectedPlugin.start(
            "notify-email", ["--config", config],
            wrapper: ["/usr/bin/env", "CREDENTIALS_DIRECTORY=\(folder.path)/credentials"])
        return EmailPlugin(folder: folder, plugin: plugin)
    }

    static func configuration(in folder: TemporaryFolder, port: Int, _ settings: String) throws -> String {
        let path = folder.path + "/notify-email.yaml"
        let text = """
            server: localhost
            port: \(port)
            from: Ban Tổ chức Huyện ủy <rotationd@huyen.example>
            retry_seconds: 1
            \(settings)
            """
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func deliver(_ notification: PluginKit.Notification) async -> DeliveryOutcome {
        await NotifierClient(plugin.clients[0]).deliver(notification)
    }

    /// Again and again, as the daemon does, while the answer is to try later.
    func deliverAtLast(_ notification: PluginKit.Notification) async throws -> DeliveryOutcome {
        while true {
            let outcome = await deliver(notification)
            guard case .retry = outcome else { return outcome }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func probe() async throws -> PluginState { try await PluginClient(plugin.clients[0]).probe() }
}

/// Samples of what the daemon sends.
enum Notifications {
    static func reminder(
        _ id: String, to address: String? = "cb07@huyen.example",
        _ adjust: (inout PluginKit.Notification) -> Void = { _ in }
    ) -> PluginKit.Notification {
        var notification = PluginKit.Notification(
            id: id, caseID: "case-1", version: 3, recipient: "cb-07",
            recipientName: "Cán bộ 07, công chức địa chính", address: address, language: "vi", topic: "remind",
            subject: "Nhắc việc: nộp phiếu tự đánh giá tháng 7 năm 2022",
            text: "Đề nghị đồng chí nộp phiếu tự đánh giá.\n\nHạn: 29/07/2022\n.\n..một dòng bắt đầu bằng dấu chấm",
            timeZone: "Asia/Ho_Chi_Minh", createdAt: Timestamp("2022-07-29T02:00:00Z")!, data: [:])
        adjust(&notification)
        return notification
    }
}
