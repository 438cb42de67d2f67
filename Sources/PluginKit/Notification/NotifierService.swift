import JSONCore
import Varlink

/// Serves a ``Notifier`` as `org.rotationd.Notification`.
public enum NotifierService {
    public static func interface(_ notifier: some Notifier) -> ServedInterface {
        ServedInterface(
            PluginInterfaces.notification,
            handlers: [
                "Deliver": .unary { call in
                    do {
                        return await notifier.deliver(try call.parameters.value("message", Notification.init(json:)))
                            .json
                    } catch let error as JSONFieldError {
                        throw VarlinkError.invalidParameter(error.field)
                    }
                }
            ])
    }
}
