import Foundation
import JSONCore
import PluginKit
import Testing

/// notify-webhook against a real web server, whose judges are the reference implementations in Python.
@Suite(
    .enabled(
        if: WebhookServer.isPossible,
        "pip install standardwebhooks cloudevents, or name a python that has them in VARLINK_PYTHON"),
    .timeLimit(.minutes(5)))
struct WebhookTests {
    @Test(arguments: [false, true])
    func testTheNotificationContractIsKept(tls: Bool) async throws {
        let server = try WebhookServer(tls: tls)
        let endpoint = WebhookPlugin.endpoint(
            "chat", server.url("chat"), tls ? "certificate_authority: \(server.authority)" : "redirects: 0")
        let plugin = try await WebhookPlugin.start(endpoint, secrets: WebhookPlugin.secrets("chat"))
        let results = await NotificationConformance.run(over: plugin.plugin.clients[0])
        #expect(results.count > 5)
        for result in results { #expect(result.outcome == .passed, "\(result)") }
        // "again" came five times and went out once.
        let ids = try server.requests.compactMap { $0["id"]?.stringValue }
        #expect(ids.count { $0 == "conformance-again" } == 1)
        #expect(try server.requests.allSatisfy { $0["verified"] == [true, "No matching signature found"] })
        await plugin.stop()
        #expect(await plugin.plugin.process.written.output == "")
    }

    @Test func testAReceiverReadsASignedCloudEvent() async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("chat", server.url("chat")), settings: "source: https://huyen.example.vn/rotationd",
            secrets: "# xoay khóa\nchat \(WebhookServer.secrets[0])\n\nchat \(WebhookServer.secrets[1])\n")
        #expect(try await plugin.state == .ready)
        #expect(try await plugin.deliver("m-1") == .delivered)
        let request = try #require(try server.requests.first)
        // While a secret is replaced, both the old and the new one verify.
        #expect(request["verified"] == [true, true])
        #expect(request["specversion"] == "1.0")
        #expect(request["id"] == "m-1")
        #expect(request["source"] == "https://huyen.example.vn/rotationd")
        #expect(request["type"] == "org.rotationd.notification.remind")
        #expect(request["subject"] == "c1")
        #expect(request["datacontenttype"] == "application/json")
        #expect(request["time"]?.stringValue?.hasPrefix("2022-07-29T02:00:00") == true)
        #expect(
            request["data"] == [
                "case": "c1", "version": 3, "recipient": "cb-07", "recipientName": "Cán bộ 07", "address": "0905123456",
                "language": "vi", "topic": "remind", "subject": "Nhắc việc",
                "text": "Đề nghị đồng chí nộp phiếu tự đánh giá.", "timeZone": "Asia/Ho_Chi_Minh",
                "data": ["title": "Tháng 7"],
            ])
        #expect(request["host"]?.stringValue == "localhost:\(server.port)")
        #expect(request["headers"]?["webhook-id"] == "m-1")
        await plugin.stop()
        let written = await plugin.plugin.process.written
        for secret in WebhookServer.secrets { #expect(!written.errors.contains(secret)) }
        #expect(!written.errors.contains("phiếu"))
    }

    @Test func testAnIdThatNoHeaderCanCarryIsDeliveredOnceToo() async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("chat", server.url("chat")), secrets: WebhookPlugin.secrets("chat"))
        for _ in 0..<2 { #expect(try await plugin.deliver("m.1 đ\n") == .delivered) }
        let request = try #require(try server.requests.first)
        #expect(request["verified"]?[0] == true && request["id"] == "m.1 đ\n")
        #expect(request["headers"]?["webhook-id"]?.stringValue?.hasPrefix("sha256-") == true)
        #expect(try server.requests.count == 1)
        await plugin.stop()
    }

    @Test func testATLSCertificateOfAStrangerIsRefused() async throws {
        let server = try WebhookServer(tls: true)
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("chat", server.url("chat")), secrets: WebhookPlugin.secrets("chat"))
        guard case .retry(let seconds, let reason) = try await plugin.deliver("m-1") else {
            Issue.record("it was sent")
            return
        }
        #expect(seconds == 1 && reason.lowercased().contains("certificate"), "\(reason)")
        #expect(try server.requests.isEmpty)
        await plugin.stop()
    }

    @Test func testAPrivateAddressIsRefusedEvenBehindAName() async throws {
        let server = try WebhookServer()
        for host in ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "169.254.169.254"] {
            let plugin = try await WebhookPlugin.start(
                "  - {name: chat, url: \"http://\(host):\(server.port)/chat\", allow_http: true}\n",
                secrets: WebhookPlugin.secrets("chat"))
            guard case .rejected(let reason) = try await plugin.deliver("m-1") else {
                Issue.record("\(host) was asked")
                continue
            }
            #expect(reason.contains("allow_networks"), "\(reason)")
            await plugin.stop()
        }
        #expect(try server.requests.isEmpty)
    }

    @Test func testARetryGoesOnlyToThoseWhoHaveNotTakenIt() async throws {
        let server = try WebhookServer()
        let endpoints =
            WebhookPlugin.endpoint("a", server.url("a")) + WebhookPlugin.endpoint("b", server.url("b"))
            + WebhookPlugin.endpoint("c", server.url("c"))
        let secrets = WebhookPlugin.secrets("a", "b", "c")
        try server.answer("b", "500")
        try server.answer("c", "422")
        let folder = try TemporaryFolder()
        var plugin = try await WebhookPlugin.start(endpoints, secrets: secrets, in: folder)
        let outcome = try await plugin.deliver("m-1")
        #expect(outcome == .retry(afterSeconds: 1, reason: "b: answered 500 Internal Server Error: the words of 500"))
        // Who has taken it is remembered when the plugin has started again.
        await plugin.stop()
        plugin = try await WebhookPlugin.start(endpoints, secrets: secrets, in: folder)
        try server.answer("b", "201")
        #expect(
            try await plugin.deliver("m-1")
                == .rejected(reason: "c: answered 422 Unprocessable Entity: the words of 422"))
        try server.answer("c", "202")
        #expect(try await plugin.deliver("m-1") == .delivered)
        #expect(try await plugin.deliver("m-1") == .delivered)
        #expect(try server.requests(at: "a").count == 1)
        #expect(try server.requests(at: "b").count == 2)
        #expect(try server.requests(at: "c").count == 3)
        await plugin.stop()
    }

    @Test func testAnEndpointThatIsGoneIsLeftAloneUntilItIsEnabled() async throws {
        let server = try WebhookServer()
        let endpoints =
            WebhookPlugin.endpoint("old", server.url("old")) + WebhookPlugin.endpoint("new", server.url("new"))
        let folder = try TemporaryFolder()
        try server.answer("old", "410")
        var plugin = try await WebhookPlugin.start(endpoints, secrets: WebhookPlugin.secrets("old", "new"), in: folder)
        // The others get theirs.
        #expect(try await plugin.deliver("m-1") == .delivered)
        await plugin.stop()
        plugin = try await WebhookPlugin.start(endpoints, secrets: WebhookPlugin.secrets("old", "new"), in: folder)
        guard case .failing(let reason) = try await plugin.state else {
            Issue.record("the probe says nothing")
            return
        }
        #expect(reason.contains("endpoint old: disabled, since 2"), "\(reason)")
        #expect(reason.contains("answered 410 Gone") && reason.contains("--enable old"), "\(reason)")
        #expect(try await plugin.deliver("m-2") == .delivered)
        #expect(try server.requests(at: "old").count == 1)
        // While it runs.
        try server.answer("old", "200")
        let arguments = ["--config", folder.path + "/notify-webhook.yaml", "--state", folder.path]
        let enabling = try PluginProcess("notify-webhook", arguments + ["--enable", "old"])
        #expect(await enabling.ended() == .init(code: 0))
        #expect(await enabling.written.output == "old is used again\n")
        #expect(try await plugin.state == .ready)
        #expect(try await plugin.deliver("m-3") == .delivered)
        #expect(try server.requests(at: "old").count == 2)
        await plugin.stop()
    }

    @Test func testWithoutAnyEndpointLeftMessagesWait() async throws {
        let server = try WebhookServer()
        try server.answer("chat", "410")
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("chat", server.url("chat")), secrets: WebhookPlugin.secrets("chat"))
        for id in ["m-1", "m-2"] {
            guard case .retry(3600, let reason) = try await plugin.deliver(id) else {
                Issue.record("\(id) does not wait")
                continue
            }
            #expect(reason.contains("chat: disabled, since"))
        }
        #expect(try server.requests.count == 1)
        await plugin.stop()
    }

    @Test(arguments: [429, 503])
    func testAnEndpointIsLeftAloneAsLongAsItAsksFor(status: Int) async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("a", server.url("a")), secrets: WebhookPlugin.secrets("a"))
        try server.answer("a", "\(status)\nRetry-After: 700")
        guard case .retry(let seconds, _) = try await plugin.deliver("m-1") else {
            Issue.record("it does not wait")
            return
        }
        #expect(seconds == 700)
        // The next message does not even ask.
        guard case .retry(let rest, _) = try await plugin.deliver("m-2") else {
            Issue.record("it does not wait")
            return
        }
        #expect((600...700).contains(rest))
        #expect(try server.requests.count == 1)
        await plugin.stop()
    }

    @Test func testRetryAfterMayBeADate() async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("a", server.url("a")), secrets: WebhookPlugin.secrets("a"))
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        try server.answer("a", "503\nRetry-After: \(formatter.string(from: Date(timeIntervalSinceNow: 5000)))")
        guard case .retry(let seconds, _) = try await plugin.deliver("m-1") else {
            Issue.record("it does not wait")
            return
        }
        #expect((4000...5001).contains(seconds))
        await plugin.stop()
    }

    @Test(arguments: ["200 die", "200 stall", "502"])
    func testAFaultThatPassesIsDeliveredLater(plan: String) async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("a", server.url("a")), settings: "retry_seconds: 1\ntime_limit_seconds: 2",
            secrets: WebhookPlugin.secrets("a"))
        try server.answer("a", plan)
        guard case .retry(1, let reason) = try await plugin.deliver("m-1") else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason.hasPrefix("a: "))
        try server.answer("a", "200")
        #expect(try await plugin.deliverUntilSettled("m-1") == .delivered)
        await plugin.stop()
    }

    @Test func testAServerThatIsNotThereIsTriedAgain() async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("a", server.url("a")), secrets: WebhookPlugin.secrets("a"))
        server.stop()
        guard case .retry(1, let reason) = try await plugin.deliver("m-1") else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason.contains("refused"), "\(reason)")
        await plugin.stop()
    }

    @Test func testAnAnswerWithoutEndIsCutOff() async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(
            WebhookPlugin.endpoint("a", server.url("a")), secrets: WebhookPlugin.secrets("a"))
        try server.answer("a", "403 endless")
        guard case .rejected(let reason) = try await plugin.deliver("m-1") else {
            Issue.record("it is not rejected")
            return
        }
        #expect(reason.hasPrefix("a: answered 403 Forbidden: no no no") && reason.count < 300, "\(reason)")
        // What an endpoint says to a success is not even read.
        try server.answer("a", "200 endless")
        #expect(try await plugin.deliver("m-2") == .delivered)
        await plugin.stop()
    }

    @Test func testRedirectionsAreFollowedOnlyWhenTheyAreAllowedAndCheckedLikeTheFirstAddress() async throws {
        let server = try WebhookServer()
        let endpoints =
            WebhookPlugin.endpoint("never", server.url("never"))
            + WebhookPlugin.endpoint("one", server.url("one"), "redirects: 1")
            + WebhookPlugin.endpoint("out", server.url("out"), "redirects: 1")
        let plugin = try await WebhookPlugin.start(endpoints, secrets: WebhookPlugin.secrets("never", "one", "out"))
        try server.answer("never", "307\nLocation: /there")
        try server.answer("one", "307\nLocation: /there")
        try server.answer("out", "308\nLocation: http://10.0.0.1:\(server.port)/there")
        guard case .rejected(let reason) = try await plugin.deliver("m-1") else {
            Issue.record("it is not rejected")
            return
        }
        #expect(reason.contains("never: answered 307") && reason.contains("redirected to /there"), "\(reason)")
        #expect(reason.contains("out: 10.0.0.1 is at 10.0.0.1"), "\(reason)")
        #expect(!reason.contains("one: "))
        #expect(try server.requests(at: "there").count == 1)
        #expect(try server.requests(at: "there").first?["verified"]?[0] == true)
        await plugin.stop()
    }

    @Test func testItStartsWithoutSecretsAndSaysWhatIsMissing() async throws {
        let server = try WebhookServer()
        let plugin = try await WebhookPlugin.start(WebhookPlugin.endpoint("chat", server.url("chat")), secrets: nil)
        guard case .failing(let reason) = try await plugin.state else {
            Issue.record("the probe says nothing")
            return
        }
        #expect(reason.contains("/etc/credstore/rotationd-notify-webhook"))
        guard case .retry = try await plugin.deliver("m-1") else {
            Issue.record("it does not wait")
            return
        }
        #expect(try server.requests.isEmpty)
        await plugin.stop()
    }
}

/// What is wrong with the webhook plugin's configuration is said with its place.
@Suite struct WebhookSettingsTests {
    @Test func testTheInstalledFileIsRight() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../config/notify-webhook.yaml").standardizedFileURL.path
        let process = try PluginProcess("notify-webhook", ["--check", "--config", file])
        #expect(await process.ended() == .init(code: 0))
        #expect(await process.written.errors == "")
    }

    @Test(arguments: [
        ("endpoint: []", ":1:1: /endpoint: there is no such setting"),
        ("time_limit_seconds: 90", ":1:1: /time_limit_seconds: must be 45 or less"),
        ("endpoints:\n  - {name: Chat, url: https://a.vn}", ":2:6: /endpoints/0/name: is not written as required"),
        ("endpoints:\n  - name: a\n    url: http://a.vn", ":3:5: /endpoints/0/url: is not https"),
        ("endpoints:\n  - name: a\n    url: https://u:p@a.vn/", ":3:5: /endpoints/0/url: must be https://HOST/PATH"),
        ("endpoints:\n  - name: a\n    url: file:///etc", ":3:5: /endpoints/0/url: must be https://HOST/PATH"),
        (
            "endpoints:\n  - name: a\n    url: https://a.vn\n    allow_networks: [10.0.0.0/33]",
            ":4:22: /endpoints/0/allow_networks/0: must be a network"
        ),
        (
            "endpoints:\n  - name: a\n    url: https://a.vn\n    certificate_authority: /nowhere",
            ":4:5: /endpoints/0/certificate_authority: /nowhere cannot be read"
        ),
        (
            "endpoints:\n  - {name: a, url: https://a.vn}\n  - {name: a, url: https://b.vn}",
            ":3:6: /endpoints/1/name: there are two"
        ),
        ("endpoints: [", ": is not YAML"),
    ])
    func testAMistakeIsNamedWithItsPlace(yaml: String, said: String) async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/notify-webhook.yaml"
        try yaml.write(toFile: file, atomically: true, encoding: .utf8)
        let process = try PluginProcess("notify-webhook", ["--check", "--config", file])
        #expect(await process.ended() == .init(code: 78))
        let written = await process.written.errors
        #expect(written.contains(said) && written.contains(file), "\(written)")
    }

    @Test func testAWrongSecretIsNamedByItsLineAndNotShown() async throws {
        let folder = try TemporaryFolder()
        try "# a\nchat whsec_tooshort\n".write(
            toFile: folder.path + "/rotationd-notify-webhook", atomically: true, encoding: .utf8)
        let file = folder.path + "/notify-webhook.yaml"
        try "endpoints: []".write(toFile: file, atomically: true, encoding: .utf8)
        let process = try PluginProcess(
            "notify-webhook", ["--config", file, "--state", folder.path],
            wrapper: ["env", "CREDENTIALS_DIRECTORY=\(folder.path)"])
        #expect(await process.ended() == .init(code: 78))
        let written = await process.written.errors
        #expect(written.contains("line 2 must be") && !written.contains("tooshort"), "\(written)")
    }
}
