/* feed_resume.c - see feed_resume.h. */
#include "runtime/feed_resume.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/feed_file.h"

/* JSON writes such a text in one way only (but for senders that escape what they need not: theirs
 * are sent again, and recognised as repeats). */
static bool is_plain(treaty_text text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.bytes[i];
    if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\' || byte == '/') return false;
  }
  return true;
}

static bool is_member(json_t *object, const char *key, treaty_text text) {
  json_t *value = json_object_get(object, key);
  return json_is_string(value) && json_string_length(value) == text.length &&
         memcmp(json_string_value(value), text.bytes, text.length) == 0;
}

bool feed_resume_is(treaty_text line, treaty_text source, treaty_text id) {
  /* Reading JSON costs fifty times as much as looking whether the id is there at all. */
  if (is_plain(id) && !memmem(line.bytes, line.length, id.bytes, id.length)) return false;
  json_t *event = json_loadb(line.bytes, line.length, JSON_ALLOW_NUL, NULL);
  bool same = is_member(event, "source", source) && is_member(event, "id", id);
  json_decref(event);
  return same;
}

void feed_resume_add(feed_prefix *prefix, treaty_text line, uint64_t line_bytes_max) {
  bool held = line_bytes_max == 0 || line.length <= line_bytes_max;
  feed_prefix_add(prefix, (treaty_text){held ? line.bytes : NULL, line.length});
}

/* Hands out the lines of the files up to standard input, as long as they are wanted. */
typedef bool take_line(void *context, size_t path, const feed_line *line);

/* False: no more is wanted, or no more can be read. */
static bool walk_file(const char *const *paths, size_t path, take_line *take, void *context) {
  char *error = NULL;
  feed_line line;
  feed_file *file = strcmp(paths[path], "-") == 0
                        ? NULL
                        : feed_file_open(paths[path], FEED_RESUME_LINE_BYTES_MAX, &error);
  bool more = file != NULL;
  while (more && (line = feed_file_next(file)).number > 0)
    if (line.bytes) more = take(context, path, &line);
  more = more && !feed_file_error(file);
  feed_file_close(file);
  free(error);
  return more;
}

static void walk(const char *const *paths, size_t path_count, take_line *take, void *context) {
  for (size_t i = 0; i < path_count; i++)
    if (!walk_file(paths, i, take, context)) return;
}

/* ---- Where to go on -------------------------------------------------------------------------- */

typedef struct search {
  const feed_known *known;
  feed_prefix prefix; /* of all lines so far */
  feed_place_in place;
  bool found;     /* the files begin with all that is known, up to the place */
  bool last_seen; /* the last line that the service has is at the place */
} search;

static bool look_at_line(void *context, size_t path, const feed_line *line) {
  search *search = context;
  const feed_known *known = search->known;
  treaty_text text = {line->bytes, line->length};
  if (search->prefix.lines < known->prefix.lines) {
    feed_resume_add(&search->prefix, text, known->line_bytes_max);
    search->found = feed_prefix_same(search->prefix, known->prefix);
  }
  bool is_last =
      !search->last_seen && known->id.bytes && feed_resume_is(text, known->source, known->id);
  if (search->found || is_last) search->place = (feed_place_in){path, line->number};
  search->last_seen = search->last_seen || is_last;
  return !search->found;
}

feed_resume feed_resume_find(const char *const *paths, size_t path_count, const feed_known *known,
                             feed_place_in *place) {
  search search = {.known = known};
  if (known->prefix.lines > 0) walk(paths, path_count, look_at_line, &search);
  *place = search.place;
  if (search.found) return FEED_RESUME_BEHIND;
  return search.last_seen ? FEED_RESUME_CHANGED : FEED_RESUME_OTHER;
}

/* ---- What was sent --------------------------------------------------------------------------- */

typedef struct sent {
  feed_place_in end;
  uint64_t line_bytes_max;
  feed_prefix prefix;
  buffer last; /* the last line */
} sent;

static bool count_line(void *context, size_t path, const feed_line *line) {
  sent *sent = context;
  if (path == sent->end.path && line->number == sent->end.line_number) return false;
  feed_resume_add(&sent->prefix, (treaty_text){line->bytes, line->length}, sent->line_bytes_max);
  buffer_clear(&sent->last);
  buffer_put(&sent->last, line->bytes, line->length);
  return true;
}

static void put_member(buffer *out, json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  buffer_clear(out);
  buffer_put(out, json_string_value(value), json_string_length(value));
}

feed_prefix feed_resume_sent(const char *const *paths, size_t path_count, uint64_t line_bytes_max,
                             feed_place_in end, buffer *source, buffer *id) {
  sent sent = {.end = end, .line_bytes_max = line_bytes_max};
  walk(paths, path_count, count_line, &sent);
  json_t *event = json_loadb(sent.last.bytes, sent.last.length, JSON_ALLOW_NUL, NULL);
  put_member(source, event, "source");
  put_member(id, event, "id");
  json_decref(event);
  buffer_free(&sent.last);
  return sent.prefix;
}
