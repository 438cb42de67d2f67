import JSONCore

/// Replies of the daemon's interfaces.
enum SampleReplies {
    static func text(_ vi: String, _ en: String) -> JSON { ["vi": .string(vi), "en": .string(en)] }

    static func aCase(_ id: String, title: String = "Cán bộ 07", overdue: Bool = false) -> JSON {
        [
            "id": .string(id), "workflow": "monthly-assessment", "definition": 1, "state": "self_assessment",
            "stateTitle": text("Tự đánh giá", "Self-assessment"), "version": 3, "title": .string(title),
            "unit": "xa-01", "openedAt": "2022-07-25T01:00:00.000Z", "updatedAt": "2022-07-28T18:30:00.000Z",
            "stateSince": "2022-07-28T18:30:00.000Z", "overdue": overdue ? ["self_assessment_due"] : [],
        ]
    }

    static func anEvent(_ version: Int, id: String = "c1") -> JSON {
        [
            "case": .string(id), "version": .int(version), "event": "self_assess",
            "title": text("Nộp phiếu tự đánh giá", "Hand in the self-assessment"), "at": "2022-07-28T18:30:00.000Z",
            "actor": ["official": "cb-07", "onBehalfOf": "cb-08", "gateway": "web"], "actorName": "Cán bộ 07",
            "from": "self_assessment", "to": "unit_vote", "toTitle": text("Chờ biểu quyết", "Waiting for the vote"),
            "changes": [
                ["path": "/self_level", "old": "completed", "new": "good"], ["path": "/days", "new": 23],
                ["path": "/note", "old": "x"],
            ], "late": true, "reason": "Nghỉ ốm", "previous": "", "hash": "ab",
        ]
    }

    static let schema = """
        {"type": "object", "additionalProperties": false, "required": ["title", "level"],
         "properties": {
           "title": {"type": "string", "minLength": 3, "x-title": {"vi": "Tên việc", "en": "Task"}},
           "level": {"enum": ["good", "poor"], "x-title": {"vi": "Mức", "en": "Level"}},
           "count": {"type": "integer"}}}
        """

    /// A case whose state accepts the event `report` with the form above.
    static func reporting(optional: Bool = false) -> [String: FakeDaemon.Answer] {
        [
            "Workflow.GetCase": { _ in
                [
                    "case": aCase("c1"), "document": [:], "head": "ab",
                    "accepts": [
                        [
                            "event": "report", "title": text("Báo cáo", "Report"), "allowed": true, "form": "report",
                            "optional": .bool(optional), "task": true,
                        ]
                    ],
                ]
            },
            "Workflow.GetWorkflow": { _ in
                [
                    "name": "monthly-assessment", "version": 1, "title": text("Đánh giá", "Assessment"), "source": "",
                    "forms": ["report": .string(schema)], "digest": "",
                ]
            },
            "Workflow.SendEvent": { parameters in
                ["case": parameters["case"] ?? .null, "version": 4, "state": "reported"]
            },
        ]
    }
}
