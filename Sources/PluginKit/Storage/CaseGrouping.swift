/// What cases can be counted by. `overdue` groups by `true` and `false`; a case without a unit or period counts under "".
public enum CaseGrouping: String, Sendable, CaseIterable {
    case workflow, definition, state, unit, period, overdue
}
