/// The members of a JSON object, in the order in which they were written. A name occurs once.
///
/// Nearly all objects have a dozen members at most: they are one array, searched from its beginning, which is built, read
/// and freed in a fraction of the time that a hash table takes. An object with many members, which a peer may send, keeps
/// a hash table beside it.
public struct JSONObject: Sendable {
    public typealias Element = (key: String, value: JSON)

    private var members: ContiguousArray<Element> = []
    /// Where each name is; only of an object with more than ``searched`` members.
    private var places: [String: Int]?
    private static let searched = 24

    public init() {}

    public init(minimumCapacity: Int) { members.reserveCapacity(minimumCapacity) }

    public mutating func reserveCapacity(_ capacity: Int) { members.reserveCapacity(capacity) }

    /// - Precondition: No name occurs twice.
    public init(uniqueKeysWithValues elements: some Sequence<(String, JSON)>) {
        self.init(elements) { _, _ in preconditionFailure("a name occurs twice") }
    }

    public init(_ elements: some Sequence<(String, JSON)>, uniquingKeysWith combine: (JSON, JSON) throws -> JSON)
        rethrows
    {
        members.reserveCapacity(elements.underestimatedCount)
        for (name, value) in elements {
            if let place = place(of: name) {
                members[place].value = try combine(members[place].value, value)
            } else {
                append(name, value)
            }
        }
    }

    private func place(of name: String) -> Int? {
        if let places { return places[name] }
        for index in members.indices where members[index].key == name { return index }
        return nil
    }

    private mutating func append(_ name: String, _ value: JSON) {
        members.append((name, value))
        if places != nil {
            places?[name] = members.count - 1
        } else if members.count > Self.searched {
            index()
        }
    }

    private mutating func index() {
        places = Dictionary(uniqueKeysWithValues: zip(members.lazy.map(\.key), 0...))
    }

    /// The member's value; nil when there is none. Setting a new one adds it at the end, setting nil removes it.
    public subscript(name: String) -> JSON? {
        get { place(of: name).map { members[$0].value } }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): append(name, value)
            case (let place?, nil):
                members.remove(at: place)
                if places != nil { index() }
            case (nil, nil): break
            }
        }
    }

    public subscript(name: String, default value: @autoclosure () -> JSON) -> JSON {
        get { self[name] ?? value() }
        set { self[name] = newValue }
    }

    /// Sets the member.
    /// - Returns: The value that it had.
    @discardableResult
    public mutating func updateValue(_ value: JSON, forKey name: String) -> JSON? {
        guard let place = place(of: name) else {
            append(name, value)
            return nil
        }
        let old = members[place].value
        members[place].value = value
        return old
    }

    @discardableResult
    public mutating func removeValue(forKey name: String) -> JSON? {
        let old = self[name]
        self[name] = nil
        return old
    }

    public var keys: LazyMapCollection<ContiguousArray<Element>, String> { members.lazy.map { $0.key } }
    public var values: LazyMapCollection<ContiguousArray<Element>, JSON> { members.lazy.map { $0.value } }

    public mutating func merge(
        _ other: some Sequence<(key: String, value: JSON)>, uniquingKeysWith combine: (JSON, JSON) throws -> JSON
    ) rethrows {
        for (name, value) in other { self[name] = try self[name].map { try combine($0, value) } ?? value }
    }

    public func merging(
        _ other: some Sequence<(key: String, value: JSON)>, uniquingKeysWith combine: (JSON, JSON) throws -> JSON
    ) rethrows -> JSONObject {
        var result = self
        try result.merge(other, uniquingKeysWith: combine)
        return result
    }

    public func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> JSONObject {
        var result = JSONObject()
        result.members = try members.filter(isIncluded)
        if places != nil { result.index() }
        return result
    }

    public func mapValues(_ transform: (JSON) throws -> JSON) rethrows -> JSONObject {
        var result = self
        for index in members.indices { result.members[index].value = try transform(members[index].value) }
        return result
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { members.startIndex }
    public var endIndex: Int { members.endIndex }
    public subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: Equatable {
    /// In any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(minimumCapacity: elements.count)
        for (name, value) in elements { append(name, value) }
        assert(Set(keys).count == count, "a literal names a member twice")
    }
}
