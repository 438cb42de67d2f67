import JSONCore

/// A province of many communes, each with a head and members who assess one another every month.
struct Country {
    let officials: Int
    static let officialsOfAUnit = 40
    static let board = "tc-1"
    /// Decides on the heads.
    static let superior = "bt-tinh"

    static func unit(_ number: Int) -> String { "xa-\(number / officialsOfAUnit)" }
    static func official(_ number: Int) -> String { "cb-\(number)" }
    /// The first official of a unit is its head, on whom the superior decides.
    static func decider(on number: Int) -> String {
        number % officialsOfAUnit == 0 ? superior : official(number - number % officialsOfAUnit)
    }

    var tables: DirectoryTables {
        var units = "id,name,level,parent\nhuyen,Huyện,district,\n"
        var people = "id,full_name,language\n"
        var posts = "id,official,unit,title,roles,main,from\n"
        func add(_ id: String, unit: String, roles: String) {
            people += "\(id),Cán bộ \(id),vi\n"
            posts += "p-\(id),\(id),\(unit),Chức vụ,\(roles),true,2020-01-01\n"
        }
        add(Self.board, unit: "huyen", roles: "organisation_board;unit_member")
        add(Self.superior, unit: "huyen", roles: "unit_head;unit_member")
        for number in 0..<officials {
            let isHead = number % Self.officialsOfAUnit == 0
            if isHead { units += "\(Self.unit(number)),Xã \(Self.unit(number)),commune,huyen\n" }
            add(
                Self.official(number), unit: Self.unit(number), roles: isHead ? "unit_head;unit_member" : "unit_member")
        }
        return DirectoryTables(units: units, officials: people, posts: posts)
    }

    // MARK: Forms

    static func open(_ number: Int, period: String) -> JSON {
        [
            "official": .string(official(number)), "unit": .string(unit(number)), "period": .string(period),
            "full_name": .string("Cán bộ \(number)"), "form_kind": number % officialsOfAUnit == 0 ? "leader" : "staff",
            "block": .string(["Khối Đảng", "Khối chính quyền", "Khối Mặt trận - đoàn thể"][number % 3]),
            "staff_category": "civil_servant",
        ]
    }

    static func selfAssessment(_ number: Int) -> JSON {
        [
            "form_kind": number % officialsOfAUnit == 0 ? "leader" : "staff", "days_worked": 21, "self_level": "good",
            "politics_ideology": ["comment": "Chấp hành chủ trương, đường lối, quy định."],
            "task_results": ["comment": "Hoàn thành các nhiệm vụ được giao trong tháng đúng thời hạn."],
        ]
    }

    func voteRecord(_ number: Int) -> JSON {
        let first = number - number % Self.officialsOfAUnit
        let members = first..<min(first + Self.officialsOfAUnit, officials)
        return [
            "held_at": "2022-07-28T14:00:00+07:00", "place": "Trụ sở xã", "method": "secret",
            "present": .array(members.map { .string(Self.official($0)) }), "votes_excellent": 0,
            "votes_good": .int(members.count - 1), "votes_completed": 0, "votes_not_completed": 0, "blank_invalid": 0,
        ]
    }

    static let decision: JSON = ["capacity": "head", "final_level": "good"]
}
