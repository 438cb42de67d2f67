import JSONCore

/// What people fill in: about 1 KB for the draft, about 300 bytes elsewhere.
enum Forms {
    static func rotation(_ number: Int) -> JSON {
        [
            "official": .string(Town.head(number)), "unit": .string(Town.commune(number)),
            "full_name": .string("Cán bộ \(Town.head(number))"), "from_post": "Chánh Thanh tra huyện",
            "to_post": "Bí thư Đảng ủy xã", "move_type": "rotation", "assignment_mode": "designated",
            "term_from": "2022-08-01", "term_to": "2025-07-31",
        ]
    }

    static let draft: JSON = [
        "local_context": "Xã của huyện miền núi, đang xây dựng để trở thành thị trấn.",
        "advantages": ["Cấp ủy, chính quyền và nhân dân đồng thuận.", "Đội ngũ cán bộ ổn định, có kinh nghiệm."],
        "difficulties": [["text": "Một số tiêu chí chưa đạt.", "cause": "Nguồn lực đầu tư hạ tầng còn hạn chế."]],
        "key_tasks": [
            [
                "id": "task-1", "order": 1, "category": "party_building", "title": "Công tác xây dựng Đảng",
                "measures": ["Dự sinh hoạt với từng chi bộ."],
                "milestones": [["title": "Rà soát các chi bộ", "due": "2022-10-31", "status": "not_started"]],
            ],
            [
                "id": "task-2", "order": 2, "category": "socio_economic", "title": "Phát triển kinh tế - xã hội",
                "targets": [["name": "Thu nhập bình quân", "baseline": 40, "target": 50, "due": "2025-06-30"]],
            ],
        ],
        "recommendations": [["id": "rec-1", "text": "Hướng dẫn rà soát tiêu chí.", "addressee": "Ủy ban huyện"]],
    ]

    static let hearing: JSON = [
        "session_no": "Phiên họp tháng 7 năm 2022", "place": "Hội trường Huyện ủy",
        "starts_at": "2022-07-15T08:00:00+07:00", "chair": .string(Town.secretary), "secretary": .string(Town.board),
        "invitees": ["Đại diện Đảng ủy xã", "Đại diện Ủy ban nhân dân xã", "Đại diện Mặt trận Tổ quốc xã"],
    ]

    static let attendance: JSON = [
        "chair": .string(Town.secretary), "member_total": 9, "present": .array(Town.committee.map(JSON.string)),
        "report_summary": "Cán bộ trình bày thuận lợi, khó khăn, các nhiệm vụ trọng tâm và kiến nghị, đề xuất.",
    ]

    static let recommendation: JSON = [
        "recommendation_id": "rec-1", "outcome": "agreed", "lead": "Ủy ban nhân dân huyện", "due": "2022-12-31",
        "support": "Giao phòng chuyên môn của huyện hướng dẫn xã rà soát tiêu chí, tham mưu bố trí nguồn lực.",
        "status": "not_started",
    ]

    static let adoption: JSON = [
        "method": "secret", "eligible": 9, "present": .array(Town.committee.map(JSON.string)), "issued": 9,
        "returned": 9, "valid": 9, "invalid": 0,
        "for": 8, "against": 0, "other": 1,
    ]

    static let conclusion: JSON = [
        "outcome": "adopted", "conclusion": "Ban Thường vụ thống nhất thông qua chương trình hành động.",
        "orientation": "Tập trung hoàn thiện các tiêu chí; định kỳ hằng tháng báo cáo kết quả thực hiện.",
        "notice_no": "Thông báo kết luận", "notice_date": "2022-07-27",
    ]

    /// - Parameter digest: Of the program that was adopted.
    static func commitment(digest: String) -> JSON {
        [
            "program_version": 1, "content_hash": .string(digest), "signed_on": "2022-07-29",
            "clauses": [
                ["key_task_id": "task-1", "text": "Tất cả chi bộ sinh hoạt đúng định kỳ.", "due": "2023-06-30"]
            ],
            "reporting_frequency": "Hằng tháng",
        ]
    }

    static func monthlyOpen(_ number: Int, period: String, program: String) -> JSON {
        [
            "official": .string(Town.head(number)), "unit": .string(Town.commune(number)),
            "full_name": .string("Cán bộ \(Town.head(number))"), "period": .string(period), "form_kind": "leader",
            "program": .string(program), "block": "Khối Đảng", "staff_category": "official",
        ]
    }

    static let selfAssessment: JSON = [
        "form_kind": "leader", "days_worked": 23, "days_off": 0, "self_level": "good",
        "politics_ideology": ["comment": "Chấp hành chủ trương, đường lối, quy định."],
        "unit_results": ["comment": "Các nhiệm vụ của xã được triển khai theo kế hoạch."],
    ]

    static func voteRecord(_ number: Int) -> JSON {
        [
            "held_at": "2022-08-31T14:00:00+07:00", "place": "Trụ sở xã", "method": "secret", "eligible": 8,
            "present": .array(Town.members(number).map(JSON.string)), "votes_excellent": 1, "votes_good": 6,
            "votes_completed": 1, "votes_not_completed": 0, "blank_invalid": 0,
        ]
    }

    static let decision: JSON = [
        "capacity": "superior", "final_level": "good",
        "remarks": "Thực hiện nhiệm vụ bảo đảm yêu cầu trong tháng; cần bám sát lộ trình đã cam kết.",
        "required_remedies": [["text": "Ban hành kế hoạch rà soát tiêu chí", "due": "2022-09-30"]],
    ]
}
