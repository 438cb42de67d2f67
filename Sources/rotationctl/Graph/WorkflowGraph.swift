import JSONCore
import Workflow

/// A definition's states and what leads from one to another, to be drawn.
struct WorkflowGraph {
    struct Node {
        enum Kind {
            case state, automatic, final
            /// Stands for every state that is not final.
            case anywhere
            /// Another workflow, of which cases are opened.
            case workflow
        }

        let id: String
        let title: String
        let kind: Kind
    }

    struct Edge {
        /// Nil for the beginning.
        let from: String?
        let to: String
        let label: String
        var isDashed = false
    }

    let title: String
    private(set) var nodes: [Node] = []
    private(set) var edges: [Edge] = []

    /// - Parameter withStaying: Also the events that lead nowhere else.
    init(_ definition: Definition, language: Language, withStaying: Bool) {
        let messages = Messages(language: language)
        title = definition.title[language]
        let anywhere = "any-state"
        func add(_ event: EventDefinition, from state: String) {
            let target = event.to ?? state
            if target == state, !withStaying { return }
            edges.append(Edge(from: state, to: target, label: event.title[language]))
        }
        if let first = definition.open.to {
            edges.append(Edge(from: nil, to: first, label: definition.open.title[language]))
        }
        for state in definition.states.values {
            let kind: Node.Kind = state.isFinal ? .final : state.isAutomatic ? .automatic : .state
            nodes.append(Node(id: state.name, title: state.title[language], kind: kind))
            for event in state.events.values { add(event, from: state.name) }
            for transition in state.automatic {
                let label = transition.condition.map { Self.text($0, messages) } ?? messages.otherwise
                edges.append(Edge(from: state.name, to: transition.to, label: label))
            }
            for recurrence in state.recurring.values {
                if !nodes.contains(where: { $0.id == recurrence.workflow }) {
                    nodes.append(Node(id: recurrence.workflow, title: recurrence.workflow, kind: .workflow))
                }
                edges.append(
                    Edge(from: state.name, to: recurrence.workflow, label: recurrence.title[language], isDashed: true))
            }
        }
        let leaving = definition.anywhere.values.filter { $0.to != nil || withStaying }
        if !leaving.isEmpty {
            nodes.append(Node(id: anywhere, title: messages.anyOpenState, kind: .anywhere))
            for event in leaving { add(event, from: anywhere) }
        }
    }

    /// A condition in a few words, where it is a simple one.
    private static func text(_ condition: Predicate, _ messages: Messages) -> String {
        switch condition {
        case .equal(.pointer(let place), .constant(let value)): "\(place) = \(value.stringValue ?? value.description)"
        case .different(.pointer(let place), .constant(let value)):
            "\(place) ≠ \(value.stringValue ?? value.description)"
        case .ballot(let ballot, let outcomes): "\(ballot): \(outcomes.joined(separator: ", "))"
        case .not(let part): messages.not + " " + text(part, messages)
        default: messages.onCondition
        }
    }
}
