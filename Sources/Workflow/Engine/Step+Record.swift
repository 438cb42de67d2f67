import JSONCore

extension Step {
    /// Writes what the operation says into the document.
    mutating func record(_ operation: RecordOperation, form: JSON?) throws(Refusal) {
        var view = view
        view.form = form
        if let condition = operation.condition, !view.holds(condition) { return }
        let target = operation.target
        if operation.kind == .remove {
            after.document[target] = nil
            return
        }
        if operation.kind == .increment {
            after.document[target] = .int((after.document[target]?.intValue ?? 0) + 1)
            return
        }
        guard var value = operation.value.map({ view.value($0) }) ?? form else { return }
        if let extra = operation.with.flatMap({ view.value($0) }) { value = value.merging(extra) }
        switch operation.kind {
        case .put: after.document[target] = value
        case .merge: after.document[target] = (after.document[target] ?? [:]).merging(value)
        case .append(let number):
            let list = after.document[target]?.arrayValue ?? []
            if let number { value[number] = .int(list.count + 1) }
            after.document[target] = .array(list + [value])
        case .update(let key), .upsert(let key):
            var list = after.document[target]?.arrayValue ?? []
            if let index = list.firstIndex(where: { $0[key] != nil && $0[key] == value[key] }) {
                list[index] = list[index].merging(value)
            } else if case .update = operation.kind {
                throw .elementNotFound(list: target, key: key, value: value[key] ?? .null)
            } else {
                list.append(value)
            }
            after.document[target] = .array(list)
        case .supersede(let keep):
            let kept = (after.document[keep]?.arrayValue ?? []) + (after.document[target].map { [$0] } ?? [])
            value["supersedes"] = .int(kept.count)
            after.document[keep] = .array(kept)
            after.document[target] = value
        case .increment, .remove: break
        }
    }
}

extension JSON {
    /// This object with the members of another in place of its own.
    public func merging(_ other: JSON) -> JSON {
        guard var members = objectValue, case .object(let others) = other else { return other }
        for (name, value) in others { members[name] = value }
        return .object(members)
    }
}
