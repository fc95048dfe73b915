/* protocol.h - what service and clients say to each other, one JSON object a line
 * (docs/protocol.md).
 *
 *   feed client                                      service
 *   {"treaty":1,"role":"feed","name":"web"}      ->
 *                                                <-  {"treaty":1,"ok":true,"resume_after":null,…}
 *   event lines                                  ->
 *                                                <-  {"refused":3,"id":"e3","code":…,"reason":…}
 *                                                <-  {"acked":4}
 *   decisions client
 *   {"treaty":1,"role":"decisions","after":17}   ->
 *                                                <-  {"treaty":1,"ok":true,"after":"17.0"}
 *                                                <-  decisions as CloudEvents, from there and on
 *
 * Lines are numbered from 1 on each connection, behind the hello; blank lines count. `acked` says
 * up to which line all are handled: durable or refused. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/buffer.h"
#include "runtime/feed_prefix.h"
#include "runtime/store.h"

#define PROTOCOL_VERSION 1

/* A hello, and any line from the service but a decision, is no longer than this. */
#define PROTOCOL_LINE_BYTES_MAX 16384

/* A feed's name is no longer than this; nor is a token. */
#define PROTOCOL_NAME_BYTES_MAX  64
#define PROTOCOL_TOKEN_BYTES_MAX 1024

/* The name of a feed that was given none. */
#define PROTOCOL_NAME_DEFAULT "send"

typedef enum protocol_role { PROTOCOL_FEED, PROTOCOL_DECISIONS } protocol_role;

typedef struct protocol_hello {
  protocol_role role;
  char name[PROTOCOL_NAME_BYTES_MAX + 1];   /* FEED */
  char token[PROTOCOL_TOKEN_BYTES_MAX + 1]; /* "": none */
  bool from_start;                          /* FEED: its prefix begins anew with this connection */
  bool from_now;                            /* DECISIONS: without an `after` */
  store_position after;                     /* DECISIONS: what comes behind it is sent */
  bool history;                             /* DECISIONS: also what a run over history decided */
} protocol_hello;

/* False: the line is no hello, and `why` says what is wrong with it, without a full stop. */
bool protocol_read_hello(treaty_text line, protocol_hello *hello, buffer *why);
void protocol_put_hello(buffer *out, const protocol_hello *hello);

/* `SEQ` or `SEQ.N`, as people write it behind --after. */
bool protocol_read_position(const char *text, store_position *position);

/* `retry`: what stands in the way passes, and the client may come again as it is. */
void protocol_put_rejected(buffer *out, const char *reason, bool retry);
void protocol_put_feed_accepted(buffer *out, treaty_text source, treaty_text id, feed_prefix prefix,
                                size_t line_bytes_max);
void protocol_put_decisions_accepted(buffer *out, store_position after, store_position newest);
void protocol_put_acked(buffer *out, uint64_t line_number);
void protocol_put_refused(buffer *out, uint64_t line_number, treaty_text id,
                          const treaty_refusal *refusal);

/* What a client hears from the service. */
typedef enum protocol_reply_kind {
  PROTOCOL_ACCEPTED,
  PROTOCOL_REJECTED, /* reason, retry */
  PROTOCOL_ACKED,    /* line_number */
  PROTOCOL_REFUSED,  /* line_number, code, reason */
  PROTOCOL_OTHER,    /* a decision, or nothing that we know */
} protocol_reply_kind;

typedef struct protocol_reply {
  protocol_reply_kind kind;
  bool retry;              /* REJECTED: the same hello may do in a moment */
  bool resumes;            /* ACCEPTED: source and id say after which line */
  feed_prefix prefix;      /* ACCEPTED: of what is durable */
  uint64_t line_bytes_max; /* ACCEPTED: longer lines the service does not hold; 0: it did not say */
  buffer source, id;       /* each NUL-terminated */
  buffer code, reason;
  store_position after;  /* ACCEPTED */
  store_position newest; /* ACCEPTED: of all decisions */
  uint64_t line_number;
} protocol_reply;

/* Reads into a reply that was zeroed or read into before. */
void protocol_read_reply(treaty_text line, protocol_reply *reply);
/* Whether the service turned a client away for now only; then `why` is its reason. */
bool protocol_puts_off(const protocol_reply *reply, buffer *why);

void protocol_reply_close(protocol_reply *reply);

#endif
