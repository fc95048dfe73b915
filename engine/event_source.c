/* event_source.c - which source may assert which events.
 *
 * A source that is declared sends what it is said to send and nothing else; an event that some
 * source is said to send comes from such a source and no other. All else is free. */
#include <string.h>

#include "engine/state.h"

static bool sends(const tr_event_source *source, uint32_t event) {
  return source->sends.words[event / 64] >> event % 64 & 1;
}

bool tr_event_source_may_send(const treaty_program *program, const treaty_event *event) {
  for (uint32_t i = 0; i < program->event_source_count; i++) {
    const tr_event_source *source = &program->event_sources[i];
    if (source->length == event->source.length &&
        memcmp(source->name, event->source.bytes, source->length) == 0)
      return sends(source, event->type->index);
  }
  return !program->events[event->type->index].sources_only;
}

treaty_text tr_event_source_of(const treaty_program *program, uint32_t event) {
  for (uint32_t i = 0; i < program->event_source_count; i++) {
    const tr_event_source *source = &program->event_sources[i];
    if (sends(source, event)) return (treaty_text){.bytes = source->name, .length = source->length};
  }
  return (treaty_text){.bytes = "/test", .length = 5};
}
