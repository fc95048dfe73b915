/* session.c - see session.h. */
#include "runtime/session.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

typedef enum session_role {
  SESSION_NEW,
  SESSION_FEED,
  SESSION_PLAIN,
  SESSION_DECISIONS,
  SESSION_ENDING,
} session_role;

struct session {
  sessions *sessions;
  session *before, *next;
  uint64_t number;
  feed_conn *conn;
  session_role role;
  char name[PROTOCOL_NAME_BYTES_MAX + 1]; /* FEED, PLAIN */
  subscriber *subscriber;                 /* DECISIONS */
  bool ended;                             /* no more lines will come */
  bool held_back;                         /* its replies are not fetched */
  uint64_t read, flying, acked;
  feed_prefix prefix; /* FEED, PLAIN: what earlier connections made durable, and this one's lines */
  buffer replies, flying_replies;
};

uint64_t session_number(const session *session) { return session->number; }
uint64_t session_lines_read(const session *session) { return session->read; }
void session_unread_line(session *session) { session->read--; }

feed_prefix session_add_line(session *session, treaty_text line) {
  feed_prefix_add(&session->prefix, line);
  return session->prefix;
}

treaty_text session_feed(const session *session) {
  return (treaty_text){session->name, strlen(session->name)};
}

static bool is_feed(const session *session) {
  return session->role == SESSION_FEED || session->role == SESSION_PLAIN;
}

/* ---- Hello ----------------------------------------------------------------------------------- */

/* Both are hashed first, so that the time it takes tells nothing of the token. */
static bool same_token(const char *wanted, const char *given) {
  uint8_t a[32], b[32];
  return EVP_Digest(wanted, strlen(wanted), a, NULL, EVP_sha256(), NULL) &&
         EVP_Digest(given, strlen(given), b, NULL, EVP_sha256(), NULL) &&
         CRYPTO_memcmp(a, b, sizeof a) == 0;
}

/* It hears nothing more, and is in nobody's way. */
static void end_politely(session *session) {
  session->role = SESSION_ENDING;
  buffer_clear(&session->replies);
  buffer_clear(&session->flying_replies);
  feed_conn_close(session->conn);
}

static void reject(session *session, const char *reason, bool retry) {
  buffer reply = {0};
  protocol_put_rejected(&reply, reason, retry);
  feed_conn_send(session->conn, reply.bytes, reply.length);
  buffer_free(&reply);
  end_politely(session);
}

static void turn_away(session *session, const char *reason) { reject(session, reason, false); }

/* What is in the way now may be gone in a moment. */
static void put_off(session *session, const char *reason) { reject(session, reason, true); }

/* Two that share a name would share a place, and each would skip lines after the other's. */
static bool name_is_taken(const sessions *sessions, const char *name) {
  for (const session *at = sessions->first; at; at = at->next)
    if (at->role == SESSION_FEED && !at->ended && strcmp(at->name, name) == 0) return true;
  return false;
}

static void begin_feed(session *session, const protocol_hello *hello) {
  sessions *sessions = session->sessions;
  treaty_text source = {0}, id = {0};
  buffer reply = {0};
  if (name_is_taken(sessions, hello->name)) {
    put_off(session, "a feed of this name is connected: one connection at a time for one name");
    return;
  }
  session->role = SESSION_FEED;
  strcpy(session->name, hello->name);
  feed_prefix durable = feed_places_durable(sessions->places, session_feed(session), &source, &id);
  protocol_put_feed_accepted(&reply, source, id, durable, sessions->settings.event_bytes_max);
  if (!hello->from_start) session->prefix = durable;
  feed_conn_send(session->conn, reply.bytes, reply.length);
  buffer_free(&reply);
  feed_conn_limit_lines(session->conn, sessions->settings.event_bytes_max);
  if (sessions->held) feed_conn_pause(session->conn);
}

static void begin_decisions(session *session, const protocol_hello *hello) {
  publisher *publisher = session->sessions->publisher;
  store_position newest = publisher_newest(publisher);
  store_position after = hello->from_now ? newest : hello->after;
  buffer reply = {0};
  session->subscriber = publisher_subscribe(publisher, session->conn, after, hello->history);
  if (!session->subscriber) {
    put_off(session, "there is not enough memory for another subscriber");
    return;
  }
  session->role = SESSION_DECISIONS;
  protocol_put_decisions_accepted(&reply, after, newest);
  feed_conn_send(session->conn, reply.bytes, reply.length);
  buffer_free(&reply);
  publisher_pump(publisher);
}

static void take_hello(session *session, const feed_conn_line *line) {
  protocol_hello hello;
  buffer why = {0};
  const char *token = session->sessions->settings.token;
  if (!line->bytes) {
    turn_away(session, "the first line is no hello: it is too long");
  } else if (!protocol_read_hello((treaty_text){line->bytes, line->length}, &hello, &why)) {
    turn_away(session, buffer_text(&why));
  } else if (token && !same_token(token, hello.token)) {
    turn_away(session, hello.token[0] ? "the token is wrong" : "a token is needed");
  } else if (hello.role == PROTOCOL_FEED) {
    begin_feed(session, &hello);
  } else {
    begin_decisions(session, &hello);
  }
  OPENSSL_cleanse(hello.token, sizeof hello.token);
  buffer_free(&why);
}

/* ---- What the connection tells --------------------------------------------------------------- */

static bool is_blank(const feed_conn_line *line) {
  if (!line->bytes) return false;
  for (size_t i = 0; i < line->length; i++)
    if (line->bytes[i] != ' ' && line->bytes[i] != '\t') return false;
  return true;
}

static void on_line(void *owner, const feed_conn_line *line) {
  session *session = owner;
  if (session->role == SESSION_NEW) {
    take_hello(session, line);
  } else if (is_feed(session)) {
    session->read++;
    if (!is_blank(line)) session->sessions->take_line(session->sessions->context, session, line);
  } /* what a subscriber says has no meaning */
}

static void close_when_done(session *session) {
  if (session->ended && session->acked == session->read) end_politely(session);
}

/* A subscriber that has nothing more to say still listens. */
static void on_ended(void *owner) {
  session *session = owner;
  session->ended = true;
  if (session->role == SESSION_NEW) feed_conn_close(session->conn);
  if (is_feed(session)) close_when_done(session);
}

static void on_drained(void *owner) {
  session *session = owner;
  if (session->subscriber) publisher_drained(session->subscriber);
  if (!session->held_back) return;
  session->held_back = false;
  if (!session->sessions->held) feed_conn_resume(session->conn);
}

static void on_closed(void *owner) {
  session *session = owner;
  sessions *sessions = session->sessions;
  publisher_unsubscribe(session->subscriber);
  if (session->before)
    session->before->next = session->next;
  else
    sessions->first = session->next;
  if (session->next) session->next->before = session->before;
  sessions->count--;
  buffer_free(&session->replies);
  buffer_free(&session->flying_replies);
  free(session);
}

static const feed_conn_calls calls = {on_line, on_ended, on_drained, on_closed};

void sessions_accept(sessions *sessions, uv_stream_t *listener, bool plain) {
  session *session = calloc(1, sizeof *session);
  if (!session) return; /* it stays in the queue of the system, until it gives up */
  session->sessions = sessions;
  session->number = ++sessions->last_number;
  session->role = plain ? SESSION_PLAIN : SESSION_NEW;
  if (plain) strcpy(session->name, "plain");
  session->conn =
      feed_conn_open(listener, &calls, session, sessions->room,
                     plain ? sessions->settings.event_bytes_max : PROTOCOL_LINE_BYTES_MAX);
  if (!session->conn) {
    free(session);
    return;
  }
  session->next = sessions->first;
  if (session->next) session->next->before = session;
  sessions->first = session;
  if (++sessions->count > sessions->count_max)
    put_off(session, "there are too many connections");
  else if (plain && sessions->held)
    feed_conn_pause(session->conn);
}

/* ---- What the service asks ------------------------------------------------------------------- */

bool sessions_open(sessions *sessions) {
  sessions->room = calloc(1, FEED_CONN_HELPING_BYTES + FEED_CONN_SPARE_BYTES);
  return sessions->room != NULL;
}

void sessions_close(sessions *sessions) {
  assert(!sessions->first);
  free(sessions->room);
}

session *sessions_find(sessions *sessions, uint64_t number) {
  session *at = sessions->first;
  while (at && at->number != number) at = at->next;
  return at;
}

void session_refuse(session *session, uint64_t line_number, treaty_text id,
                    const treaty_refusal *refusal, bool flying) {
  if (session->role != SESSION_FEED) return;
  protocol_put_refused(flying ? &session->flying_replies : &session->replies, line_number, id,
                       refusal);
}

void sessions_gather(sessions *sessions) {
  for (session *at = sessions->first; at; at = at->next) {
    buffer empty = at->flying_replies;
    assert(empty.length == 0);
    at->flying = at->read;
    at->flying_replies = at->replies;
    at->replies = empty;
  }
}

static void acknowledge(session *session) {
  buffer *replies = &session->flying_replies;
  bool news = session->flying > session->acked;
  assert(session->flying <= session->read);
  session->acked = session->flying;
  if (session->role == SESSION_FEED && news) {
    protocol_put_acked(replies, session->acked);
    feed_conn_send(session->conn, replies->bytes, replies->length);
    if (feed_conn_unsent(session->conn) > SESSION_REPLY_BYTES_MAX) {
      session->held_back = true;
      feed_conn_pause(session->conn);
    }
  }
  buffer_clear(replies);
  close_when_done(session);
}

void sessions_acknowledge(sessions *sessions) {
  for (session *at = sessions->first; at; at = at->next)
    if (is_feed(at)) acknowledge(at);
}

void sessions_hold(sessions *sessions, bool held) {
  if (sessions->held == held) return;
  sessions->held = held;
  for (session *at = sessions->first; at; at = at->next) {
    if (!is_feed(at)) continue;
    if (held)
      feed_conn_pause(at->conn);
    else if (!at->held_back)
      feed_conn_resume(at->conn);
  }
}

/* Neither said nor fetched anything for so long. While all are held back, none is to blame. */
static bool is_idle(const session *session, uint64_t silent_ms) {
  const sessions *sessions = session->sessions;
  return is_feed(session) && session->acked == session->read && !sessions->held &&
         silent_ms > sessions->settings.idle_ms;
}

void sessions_sweep(sessions *sessions) {
  uint64_t now_ms = uv_now(sessions->loop);
  for (session *at = sessions->first; at; at = at->next) {
    uint64_t silent_ms = now_ms - feed_conn_active_ms(at->conn);
    if (at->role == SESSION_NEW && silent_ms > SESSION_HELLO_WAIT_MS)
      turn_away(at, "no hello has come");
    else if (is_idle(at, silent_ms) && feed_conn_unsent(at->conn) > 0)
      feed_conn_abort(at->conn); /* it would not fetch our goodbye either */
    else if (is_idle(at, silent_ms))
      end_politely(at);
  }
}

void sessions_end(sessions *sessions, bool at_once) {
  for (session *at = sessions->first; at; at = at->next) {
    if (at_once)
      feed_conn_abort(at->conn);
    else
      feed_conn_close(at->conn);
  }
}
