/* address.c - see address.h. */
#include "runtime/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool parse_unix(const char *path, address *address, buffer *why) {
  struct sockaddr_un *local = &address->socket.local;
  if (*path == '\0' || strlen(path) >= sizeof local->sun_path) {
    buffer_print(why, "the path of a unix socket has 1 to %zu bytes", sizeof local->sun_path - 1);
    return false;
  }
  local->sun_family = AF_UNIX;
  strcpy(local->sun_path, path);
  address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
  return true;
}

static bool parse_port(const char *text, in_port_t *port) {
  char *end;
  unsigned long number = strtoul(text, &end, 10);
  *port = htons((in_port_t)number);
  return *text >= '0' && *text <= '9' && *end == '\0' && number <= UINT16_MAX;
}

/* The part before the port, without the brackets of version 6. */
static bool parse_host(const char *text, size_t length, address *address) {
  char host[INET6_ADDRSTRLEN];
  bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
  if (bracketed) text++, length -= 2;
  if (length >= sizeof host) return false;
  memcpy(host, text, length);
  host[length] = '\0';
  if (strcmp(host, "localhost") == 0) strcpy(host, "127.0.0.1");

  struct sockaddr_in *four = (struct sockaddr_in *)&address->socket.inet;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address->socket.inet;
  if (!bracketed && inet_pton(AF_INET, host, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    address->length = sizeof *four;
    return true;
  }
  if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1) return false;
  six->sin6_family = AF_INET6;
  address->length = sizeof *six;
  return true;
}

bool address_parse(const char *text, address *address, buffer *why) {
  memset(address, 0, sizeof *address);
  if (strncmp(text, "unix:", 5) == 0) return parse_unix(text + 5, address, why);
  const char *colon = strrchr(text, ':');
  in_port_t port = 0;
  if (!colon || !parse_port(colon + 1, &port) ||
      !parse_host(text, (size_t)(colon - text), address)) {
    buffer_print(why, "'%s' is no address: write 127.0.0.1:7171, [::1]:7171 or unix:PATH", text);
    return false;
  }
  /* The port stands at the same place in both versions. */
  ((struct sockaddr_in *)&address->socket.inet)->sin_port = port;
  return true;
}

bool address_is_unix(const address *address) { return address->socket.any.sa_family == AF_UNIX; }

bool address_is_loopback(const address *address) {
  const struct sockaddr_in *four = (const struct sockaddr_in *)&address->socket.inet;
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address->socket.inet;
  switch (address->socket.any.sa_family) {
    case AF_UNIX: return true;
    case AF_INET: return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    default: return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
  }
}

bool address_clashes(const address *a, const address *b) {
  in_port_t port =
      ((const struct sockaddr_in *)&a->socket.inet)->sin_port; /* in 6 it is there too */
  if (a->length != b->length || memcmp(&a->socket, &b->socket, a->length) != 0) return false;
  return address_is_unix(a) || port != 0;
}

void address_put(const address *address, buffer *out) {
  char host[INET6_ADDRSTRLEN] = "";
  const struct sockaddr_in *four = (const struct sockaddr_in *)&address->socket.inet;
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address->socket.inet;
  if (address_is_unix(address)) {
    buffer_print(out, "unix:%s", address->socket.local.sun_path);
  } else if (address->socket.any.sa_family == AF_INET) {
    inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
    buffer_print(out, "%s:%u", host, ntohs(four->sin_port));
  } else {
    inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
    buffer_print(out, "[%s]:%u", host, ntohs(six->sin6_port));
  }
}
