/* story_points.c - the parts of a score, told.
 *
 *     because engagement of anna is 40, from web.form_sent (/web 3) of 2026-11-06 14:00:00Z
 *       25    on demo add 25   (desk.treaty:31)   web.form_sent (/web 1) of 2026-11-02 09:00:00Z
 *       20    on demo add 25   (desk.treaty:31)   web.form_sent (/web 3) of 2026-11-06 14:00:00Z
 *       -5    halved away
 */
#include <inttypes.h>
#include <string.h>

#include "runtime/decision_json.h"
#include "runtime/story.h"
#include "runtime/terminal.h"

/* Of very many parts these are shown; those between are one line with their sum. */
#define POINTS_FIRST 4
#define POINTS_LAST  12

static void put_string(buffer *out, const char *text) {
  terminal_put_text(out, (treaty_text){.bytes = text, .length = strlen(text)});
}

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

static const char *what_it_is(treaty_point_kind kind) {
  switch (kind) {
    case TREATY_POINT_EARLIER: return "many events before";
    case TREATY_POINT_DECAY: return "halved away";
    case TREATY_POINT_RANGE: return "cut to the range of the score";
    default: return "";
  }
}

static void put_event(const story *story, buffer *out, const treaty_point *point) {
  const story_event *event = point->seq > 0 ? story_find_event(story, point->seq) : NULL;
  put(out, "   ");
  if (event) {
    put_string(out, event->type);
    put(out, " (");
    terminal_put_text(out, event->source);
    put(out, " ");
    terminal_put_text(out, event->id);
    put(out, ") of ");
  } else {
    put(out, "at ");
  }
  terminal_put_instant(out, story->program, point->time_ms);
}

static void put_point(const story *story, buffer *out, const treaty_point *point, int indent) {
  buffer_print(out, "%*s%-8s ", indent, "", point->value);
  put_string(out, point->rule ? point->rule : what_it_is(point->kind));
  if (point->file) {
    put(out, "   (");
    put_string(out, point->file);
    buffer_print(out, ":%u)", point->line);
  }
  if (point->kind == TREATY_POINT_EVENT) put_event(story, out, point);
  put(out, "\n");
}

/* In millionths, without zeros at its end. */
static void put_sum(buffer *out, int64_t sum) {
  uint64_t size = sum < 0 ? -(uint64_t)sum : (uint64_t)sum, rest = size % 1000000;
  int digits = 6;
  buffer_print(out, "%s%" PRIu64, sum < 0 ? "-" : "", size / 1000000);
  if (rest == 0) return;
  while (rest % 10 == 0) {
    rest /= 10;
    digits--;
  }
  buffer_print(out, ".%0*" PRIu64, digits, rest);
}

static void put_between(buffer *out, const treaty_point *points, size_t count, int indent) {
  int64_t sum = 0; /* of events: the least and the most are the same */
  for (size_t i = 0; i < count; i++) sum += points[i].low;
  buffer_print(out, "%*s", indent, "");
  put_sum(out, sum);
  buffer_print(out, "   %zu more\n", count);
}

void story_points_text(const story *story, buffer *out, const treaty_because *fact, int indent) {
  size_t events = 0, between = 0;
  while (events < fact->point_count && fact->points[events].kind <= TREATY_POINT_EARLIER) events++;
  if (events > POINTS_FIRST + POINTS_LAST + 1) between = events - POINTS_FIRST - POINTS_LAST;
  for (size_t i = 0; i < fact->point_count; i++) {
    if (between > 0 && i == POINTS_FIRST) {
      put_between(out, fact->points + i, between, indent);
      i += between;
    }
    put_point(story, out, &fact->points[i], indent);
  }
}
