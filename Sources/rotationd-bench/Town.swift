import JSONCore

/// A district of communes, with officials for everything that the workflows need.
struct Town {
    static let communes = 100
    /// Beside the head.
    static let membersOfACommune = 8
    static let committee = (1...9).map { "tv-\($0)" }
    static let secretary = committee[0]
    static let board = "tc-1"

    static func commune(_ number: Int) -> String { "xa-\(number % communes)" }
    /// The head of a commune: a rotated official.
    static func head(_ number: Int) -> String { "bt-\(number % communes)" }
    static func members(_ number: Int) -> [String] {
        (1...membersOfACommune).map { "cb-\(number % communes)-\($0)" }
    }

    var tables: DirectoryTables {
        var units = "id,name,level,parent\nhuyen,Huyện,district,\n"
        var officials = "id,full_name,language\n"
        var posts = "id,official,unit,title,roles,main,from\n"
        func add(_ id: String, unit: String, roles: String) {
            officials += "\(id),Cán bộ \(id),vi\n"
            posts += "p-\(id),\(id),\(unit),Chức vụ,\(roles),true,2020-01-01\n"
        }
        add(Self.board, unit: "huyen", roles: "organisation_board;unit_member")
        for member in Self.committee {
            let head = member == Self.secretary ? "district_secretary;unit_head;" : ""
            add(member, unit: "huyen", roles: head + "standing_committee;unit_member")
        }
        for commune in 0..<Self.communes {
            units += "\(Self.commune(commune)),Xã \(commune),commune,huyen\n"
            add(Self.head(commune), unit: Self.commune(commune), roles: "unit_head;unit_member")
            for member in Self.members(commune) { add(member, unit: Self.commune(commune), roles: "unit_member") }
        }
        return DirectoryTables(units: units, officials: officials, posts: posts)
    }
}
