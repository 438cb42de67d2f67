// A storage plugin of an edition of the contract that is yet to come: whatever it is asked, it says who it is.
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    static const char reply[] =
        "{\"parameters\":{\"name\":\"future\",\"version\":\"9.0\",\"kind\":\"storage\",\"contract\":99,\"capabilities\":[]}}";
    for (;;) {
        int connection = accept(3, NULL, NULL); // the first socket that systemd hands over
        if (connection < 0) return 1;
        char call[65536];
        if (read(connection, call, sizeof call) > 0 && write(connection, reply, sizeof reply) < 0) return 1;
    }
}
