/* texts.c - text values: stored ones have a number in the engine's pool, loose ones live for the
 * step. Only what becomes a fact is stored, so that texts that merely pass by do not pile up. */
#include <assert.h>
#include <string.h>

#include "engine/evaluate.h"
#include "engine/text_list.h"

static tr_loose_text *loose_of(const treaty_engine *engine, int64_t value) {
  return &engine->loose.items[value - TR_LOOSE];
}

int64_t tr_text_loose(treaty_engine *engine, const char *bytes, size_t length) {
  tr_loose_text text = {.bytes = bytes, .length = length};
  TR_PUSH(&engine->step, &engine->loose, text);
  return TR_LOOSE + engine->loose.count - 1;
}

treaty_text tr_text_bytes(const treaty_engine *engine, int64_t value) {
  treaty_text text;
  if (value >= TR_LOOSE) {
    const tr_loose_text *loose = loose_of(engine, value);
    return (treaty_text){.bytes = loose->bytes, .length = loose->length};
  }
  text.bytes = tr_texts_bytes(&engine->texts, (uint32_t)value, &text.length);
  return text;
}

uint32_t tr_text_folded(treaty_engine *engine, int64_t value) {
  if (value < TR_LOOSE) return tr_texts_folded(&engine->texts, (uint32_t)value);
  tr_loose_text *loose = loose_of(engine, value);
  if (loose->looked_at > 0 && loose->folded != TR_TEXTS_NONE) return loose->folded;
  uint32_t count = tr_texts_count(&engine->texts);
  if (loose->looked_at != count) { /* what the step has stored may be its fold */
    size_t length;
    const char *folded = tr_fold(&engine->step, loose->bytes, loose->length, &length);
    loose->folded = tr_texts_find(&engine->texts, folded, length);
    loose->looked_at = count;
  }
  return loose->folded;
}

int64_t tr_text_kept(treaty_engine *engine, int64_t value) {
  if (value < TR_LOOSE) return value;
  treaty_text text = tr_text_bytes(engine, value);
  return tr_texts_add(&engine->texts, text.bytes, text.length);
}

bool tr_text_same(treaty_engine *engine, int64_t a, int64_t b) {
  uint32_t left = tr_text_folded(engine, a), right = tr_text_folded(engine, b);
  if (left == TR_TEXTS_NONE) left = tr_text_folded(engine, a); /* b's fold may be new, and be a's */
  if (left != TR_TEXTS_NONE || right != TR_TEXTS_NONE) return left == right;
  treaty_text first = tr_text_bytes(engine, a), second = tr_text_bytes(engine, b);
  size_t first_length, second_length;
  const char *folded = tr_fold(&engine->step, first.bytes, first.length, &first_length);
  const char *other = tr_fold(&engine->step, second.bytes, second.length, &second_length);
  return first_length == second_length && memcmp(folded, other, first_length) == 0;
}

static int64_t listed(treaty_engine *engine, const treaty_value *value) {
  treaty_text list = tr_text_list(&engine->step, value->texts, value->text_count);
  return tr_text_loose(engine, list.bytes, list.length);
}

tr_value tr_event_value(treaty_engine *engine, uint32_t field) {
  const treaty_value *value = &engine->event->values[field];
  if (!value->present) return (tr_value){.known = UNKNOWN};
  switch (engine->event->type->fields[field].kind) {
    case TREATY_TEXT:
    case TREATY_REP:
    case TREATY_TEXTS: break;
    case TREATY_SET: {
      uint32_t count = engine->event->type->fields[field].value_count;
      uint64_t all = tr_set_mask(count);
      return (tr_value){.known = KNOWN,
                        .low = value->integer,
                        .high = (int64_t)(all & ~(uint64_t)value->integer)};
    }
    default: return tr_known_value(value->integer);
  }
  if (!engine->event_loose[field]) {
    int64_t loose = engine->event->type->fields[field].kind == TREATY_TEXTS
                        ? listed(engine, value)
                        : tr_text_loose(engine, value->text.bytes, value->text.length);
    engine->event_loose[field] = (uint32_t)(loose - TR_LOOSE) + 1;
  }
  return tr_known_value(TR_LOOSE + engine->event_loose[field] - 1);
}
