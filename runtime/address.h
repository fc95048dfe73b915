/* address.h - where a service listens and clients connect: `127.0.0.1:7171`, `[::1]:7171`,
 * `unix:/run/treaty.sock`. Numeric addresses and `localhost` only: names that a resolver knows
 * would block the loop and could mean another machine tomorrow. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "runtime/buffer.h"

typedef struct address {
  union {
    struct sockaddr any;
    struct sockaddr_storage inet; /* of either version */
    struct sockaddr_un local;
  } socket;
  socklen_t length;
} address;

/* False: the text is no address, and `why` says what is wrong, without a full stop. */
bool address_parse(const char *text, address *address, buffer *why);

bool address_is_unix(const address *address);

/* Only this machine can reach it. */
bool address_is_loopback(const address *address);

/* Two cannot listen there at once; port 0 is another one each time. */
bool address_clashes(const address *a, const address *b);

/* As address_parse reads it. */
void address_put(const address *address, buffer *out);

#endif
