import JSONCore
import Testing

/// `rotationctl status`.
@Suite struct StatusTests {
    private static func status(needs: [JSON] = []) -> JSONObject {
        [
            "version": "0.1.0", "startedAt": "2022-07-28T18:30:00.000Z", "clock": "real",
            "now": "2022-07-29T02:00:00.000Z",
            "plugins": [
                [
                    "name": "sqlite", "kind": "storage", "address": "unix:/run/rotationd/storage/sqlite",
                    "state": "ready",
                    "version": "1.0.0", "contract": 1, "latencyMilliseconds": 0.4, "restarts": 2,
                ],
                [
                    "name": "email", "kind": "notification", "address": "unix:/run/rotationd/notification/email",
                    "state": "connecting", "reason": "no such file", "restarts": 0,
                ],
            ], "workflows": [["name": "monthly-assessment", "version": 1]],
            "rosters": [
                [
                    "name": "monthly-assessment", "workflow": "monthly-assessment", "start": "2022-07",
                    "period": "2022-07", "opened": 1_042, "openedAt": "2022-07-26T01:00:02.000Z", "late": true,
                    "nextAt": "2022-08-25T01:00:00.000Z", "problems": [],
                ], ["name": "other", "workflow": "other", "opened": 0, "late": false, "problems": []],
            ],
            "states": [
                [
                    "workflow": "monthly-assessment", "state": "unit_vote",
                    "title": SampleReplies.text("Chờ biểu quyết", "Waiting for the vote"), "count": 41, "overdue": 2,
                ]
            ], "cases": 1_234, "openCases": 41, "overdueCases": 2, "events": 56_789, "messagesWaiting": 3,
            "messagesParked": 1, "messagesDoubtful": 0, "oldestWaitingAt": "2022-07-28T20:00:00.000Z",
            "storageBytes": 12_345_678,
            "storageFreeBytes": 98_765_432_100, "lastCommitAt": "2022-07-29T01:59:00.000Z",
            "lastBackupAt": "2022-07-28T19:05:00.000Z", "lastVerifyAt": "2022-07-27T00:00:00.000Z",
            "lastVerifyProblems": 0, "connections": 5, "needsAttention": .array(needs),
        ]
    }

    private static let need: JSON = [
        "subject": "messages", "message": SampleReplies.text("1 thông báo không gửi được", "1 message is parked"),
        "action": SampleReplies.text("Xem nhật ký", "See the journal"),
    ]

    @Test func testEverythingIsOnOneScreen() async throws {
        try await FakeDaemon.with(["Manager.GetStatus": { _ in Self.status() }]) { _, tool in
            let run = try await tool("status", "--language", "vi")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.lines.count <= 24)
            #expect(
                run.lines == [
                    "Dịch vụ            rotationd 0.1.0, chạy từ 29/07/2022 01:30",
                    "Đồng hồ            29/07/2022 09:00 (thật)",
                    "Hồ sơ              1.234, đang mở 41, quá hạn 2", "Sự kiện            56.789",
                    "Thông báo          chờ gửi 3, không gửi được 1, lâu nhất từ 29/07/2022 03:00",
                    "Dữ liệu            12,3 MB, ổ đĩa còn 98,8 GB",
                    "Ghi gần nhất       29/07/2022 08:59", "Sao lưu gần nhất   29/07/2022 02:05",
                    "Kiểm tra gần nhất  27/07/2022 07:00, 0 lỗi",
                    "Lịch hằng tháng    monthly-assessment: tháng 07/2022: 1.042 hồ sơ, mở muộn; kỳ sau mở lúc 25/08/2022 08:00",
                    "Lịch hằng tháng    other: chưa đặt tháng bắt đầu", "Kết nối            5", "",
                    "Phần cắm  Loại       Trạng thái    Bản    Phản hồi  Khởi động lại  Địa chỉ                                 Lý do",
                    "sqlite    lưu trữ    sẵn sàng      1.0.0    0,4 ms              2  unix:/run/rotationd/storage/sqlite",
                    "email     thông báo  đang kết nối                               0  unix:/run/rotationd/notification/email  no such file",
                    "", "Quy trình           Trạng thái      Số lượng  Quá hạn",
                    "monthly-assessment  Chờ biểu quyết        41        2", "", "Mọi thứ bình thường.",
                ])
        }
    }

    @Test func testWhatNeedsAPersonComesLastAndIsTheExitStatus() async throws {
        try await FakeDaemon.with(["Manager.GetStatus": { _ in Self.status(needs: [Self.need]) }]) { _, tool in
            let run = try await tool("status")
            #expect(run.status == 1)
            #expect(run.lines.suffix(3) == ["Needs attention", "  1 message is parked", "    → See the journal"])
            let json = try await tool("status", "--json")
            #expect(json.status == 1)
            #expect(try json.json() == [.object(Self.status(needs: [Self.need]))])
        }
    }

    @Test func testADaemonThatIsNotThereIsAnotherMatter() async throws {
        #expect(try await Tool()("status", "--json").status == 69)
    }
}
