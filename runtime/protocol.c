/* protocol.c - jansson reads, since what comes in may be anything; what goes out is printed. */
#include "runtime/protocol.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- Hello ----------------------------------------------------------------------------------- */

/* A member that is a text of bounded length without control characters, or absent. */
static bool read_name(json_t *object, const char *key, char *name, size_t bytes_max) {
  json_t *value = json_object_get(object, key);
  name[0] = '\0';
  if (!value || json_is_null(value)) return true;
  if (!json_is_string(value) || json_string_length(value) > bytes_max) return false;
  strcpy(name, json_string_value(value));
  for (const char *at = name; *at; at++)
    if ((unsigned char)*at < 0x20 || *at == 0x7f) return false;
  return strlen(name) == json_string_length(value);
}

bool protocol_read_position(const char *text, store_position *position) {
  char *end;
  if (*text < '0' || *text > '9') return false;
  position->seq = strtoull(text, &end, 10);
  position->n = UINT32_MAX;
  if (*end == '\0') return position->seq <= INT64_MAX;
  if (*end != '.' || end[1] < '0' || end[1] > '9') return false;
  unsigned long long n = strtoull(end + 1, &end, 10);
  position->n = (uint32_t)n;
  return *end == '\0' && n <= UINT32_MAX && position->seq <= INT64_MAX;
}

static bool read_after(json_t *after, protocol_hello *hello) {
  hello->from_now = !after || json_is_null(after);
  if (hello->from_now) return true;
  if (json_is_string(after)) return protocol_read_position(json_string_value(after), &hello->after);
  hello->after = (store_position){(uint64_t)json_integer_value(after), UINT32_MAX};
  return json_is_integer(after) && json_integer_value(after) >= 0;
}

static const char *read_members(json_t *object, protocol_hello *hello) {
  const char *role = json_string_value(json_object_get(object, "role"));
  if (json_integer_value(json_object_get(object, "treaty")) != PROTOCOL_VERSION)
    return "the first line is no hello of protocol 1";
  if (!read_name(object, "token", hello->token, PROTOCOL_TOKEN_BYTES_MAX))
    return "'token' is a text of at most 1024 bytes";
  if (role && strcmp(role, "feed") == 0) {
    hello->role = PROTOCOL_FEED;
    if (!read_name(object, "name", hello->name, PROTOCOL_NAME_BYTES_MAX) || !hello->name[0])
      return "'name' is the feed's name, 1 to 64 bytes without control characters";
    hello->from_start = json_is_true(json_object_get(object, "from_start"));
    return NULL;
  }
  if (!role || strcmp(role, "decisions") != 0) return "'role' is \"feed\" or \"decisions\"";
  hello->role = PROTOCOL_DECISIONS;
  hello->history = json_is_true(json_object_get(object, "history"));
  return read_after(json_object_get(object, "after"), hello)
             ? NULL
             : "'after' is a number SEQ or a text \"SEQ.N\"";
}

bool protocol_read_hello(treaty_text line, protocol_hello *hello, buffer *why) {
  memset(hello, 0, sizeof *hello);
  json_t *object = json_loadb(line.bytes, line.length, JSON_REJECT_DUPLICATES, NULL);
  const char *wrong = json_is_object(object) ? read_members(object, hello)
                                             : "the first line is no hello: it is no JSON object";
  if (wrong) buffer_print(why, "%s", wrong);
  json_decref(object);
  return !wrong;
}

static void put_member(buffer *out, const char *key, const char *text) {
  buffer_print(out, ",\"%s\":", key);
  buffer_json(out, text, strlen(text));
}

void protocol_put_hello(buffer *out, const protocol_hello *hello) {
  bool feed = hello->role == PROTOCOL_FEED;
  buffer_print(out, "{\"treaty\":%d,\"role\":\"%s\"", PROTOCOL_VERSION,
               feed ? "feed" : "decisions");
  if (feed) put_member(out, "name", hello->name);
  if (feed && hello->from_start) buffer_print(out, ",\"from_start\":true");
  if (hello->token[0]) put_member(out, "token", hello->token);
  if (!feed && !hello->from_now && hello->after.n == UINT32_MAX)
    buffer_print(out, ",\"after\":%" PRIu64, hello->after.seq);
  else if (!feed && !hello->from_now)
    buffer_print(out, ",\"after\":\"%" PRIu64 ".%" PRIu32 "\"", hello->after.seq, hello->after.n);
  if (!feed && hello->history) buffer_print(out, ",\"history\":true");
  buffer_print(out, "}\n");
}

/* ---- The service's lines --------------------------------------------------------------------- */

void protocol_put_rejected(buffer *out, const char *reason, bool retry) {
  buffer_print(out, "{\"treaty\":%d,\"ok\":false,\"reason\":", PROTOCOL_VERSION);
  buffer_json(out, reason, strlen(reason));
  buffer_print(out, "%s}\n", retry ? ",\"retry\":true" : "");
}

void protocol_put_feed_accepted(buffer *out, treaty_text source, treaty_text id, feed_prefix prefix,
                                size_t line_bytes_max) {
  buffer_print(out, "{\"treaty\":%d,\"ok\":true,\"resume_after\":", PROTOCOL_VERSION);
  if (source.bytes) {
    buffer_print(out, "{\"source\":");
    buffer_json(out, source.bytes, source.length);
    buffer_print(out, ",\"id\":");
    buffer_json(out, id.bytes, id.length);
    buffer_print(out, "}");
  } else {
    buffer_print(out, "null");
  }
  buffer_print(out, ",\"prefix\":{\"lines\":%" PRIu64 ",\"hash\":\"%016" PRIx64 "\"}", prefix.lines,
               prefix.hash);
  buffer_print(out, ",\"line_bytes_max\":%zu}\n", line_bytes_max);
}

void protocol_put_decisions_accepted(buffer *out, store_position after, store_position newest) {
  buffer_print(out, "{\"treaty\":%d,\"ok\":true,\"after\":", PROTOCOL_VERSION);
  if (after.n == UINT32_MAX)
    buffer_print(out, "%" PRIu64, after.seq);
  else
    buffer_print(out, "\"%" PRIu64 ".%" PRIu32 "\"", after.seq, after.n);
  buffer_print(out, ",\"newest\":\"%" PRIu64 ".%" PRIu32 "\"}\n", newest.seq, newest.n);
}

void protocol_put_acked(buffer *out, uint64_t line_number) {
  buffer_print(out, "{\"acked\":%" PRIu64 "}\n", line_number);
}

void protocol_put_refused(buffer *out, uint64_t line_number, treaty_text id,
                          const treaty_refusal *refusal) {
  buffer_print(out, "{\"refused\":%" PRIu64, line_number);
  if (id.bytes) {
    buffer_print(out, ",\"id\":");
    buffer_json(out, id.bytes, id.length);
  }
  put_member(out, "code", treaty_refusal_word(refusal->code));
  put_member(out, "reason", refusal->reason);
  buffer_print(out, "}\n");
}

/* ---- What a client reads --------------------------------------------------------------------- */

static void keep_text(buffer *kept, json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  buffer_clear(kept);
  buffer_put(kept, json_string_value(value), json_string_length(value));
  buffer_text(kept);
}

static void read_accepted(json_t *object, protocol_reply *reply) {
  json_t *resume = json_object_get(object, "resume_after"),
         *after = json_object_get(object, "after"), *newest = json_object_get(object, "newest");
  reply->resumes = json_is_object(resume);
  keep_text(&reply->source, resume, "source");
  keep_text(&reply->id, resume, "id");
  json_t *prefix = json_object_get(object, "prefix");
  const char *hash = json_string_value(json_object_get(prefix, "hash"));
  reply->prefix.lines = (uint64_t)json_integer_value(json_object_get(prefix, "lines"));
  reply->prefix.hash = hash ? strtoull(hash, NULL, 16) : 0;
  reply->line_bytes_max = (uint64_t)json_integer_value(json_object_get(object, "line_bytes_max"));
  reply->after = (store_position){(uint64_t)json_integer_value(after), UINT32_MAX};
  if (json_is_string(after)) protocol_read_position(json_string_value(after), &reply->after);
  reply->newest = (store_position){UINT64_MAX, UINT32_MAX}; /* unless it says otherwise */
  if (json_is_string(newest)) protocol_read_position(json_string_value(newest), &reply->newest);
}

void protocol_read_reply(treaty_text line, protocol_reply *reply) {
  json_t *object = json_loadb(line.bytes, line.length, JSON_ALLOW_NUL, NULL);
  json_t *acked = json_object_get(object, "acked"), *refused = json_object_get(object, "refused");
  json_t *ok = json_object_get(object, "ok");
  reply->kind = json_is_integer(acked)     ? PROTOCOL_ACKED
                : json_is_integer(refused) ? PROTOCOL_REFUSED
                : json_is_true(ok)         ? PROTOCOL_ACCEPTED
                : json_is_false(ok)        ? PROTOCOL_REJECTED
                                           : PROTOCOL_OTHER;
  reply->retry = json_is_true(json_object_get(object, "retry"));
  reply->line_number = (uint64_t)json_integer_value(acked ? acked : refused);
  keep_text(&reply->code, object, "code");
  keep_text(&reply->reason, object, "reason");
  read_accepted(object, reply);
  json_decref(object);
}

bool protocol_puts_off(const protocol_reply *reply, buffer *why) {
  if (reply->kind != PROTOCOL_REJECTED || !reply->retry) return false;
  buffer_clear(why);
  buffer_print(why, "%s", reply->reason.bytes);
  return true;
}

void protocol_reply_close(protocol_reply *reply) {
  buffer_free(&reply->source);
  buffer_free(&reply->id);
  buffer_free(&reply->code);
  buffer_free(&reply->reason);
}
