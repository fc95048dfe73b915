/* contacts.c - see contacts.h. */
#include "runtime/contacts.h"

#include <inttypes.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/output.h"
#include "runtime/terminal.h"

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

bool contacts_knows(const treaty_program *program, const char *party) {
  size_t count = treaty_program_event_type_count(program);
  for (size_t i = 0; i < count; i++) {
    const treaty_event_type *type = treaty_program_event_type_at(program, i);
    if (type->contact && strcmp(type->cause, party) == 0) return true;
  }
  say("no event of this treaty is a contact by '%s'", party);
  return false;
}

static const treaty_lead *lead_at(const contacts *asked, treaty_engine *engine, size_t index) {
  size_t count;
  return &treaty_engine_account(engine, asked->story->account, &count)[index];
}

static const treaty_permit *permits_of(const contacts *asked, treaty_engine *engine, size_t index,
                                       size_t *count) {
  return treaty_engine_permits(engine, lead_at(asked, engine, index), asked->party, asked->person,
                               count);
}

/* ---- For people ------------------------------------------------------------------------------ */

static void put_reason(buffer *out, const treaty_permit *permit) {
  put(out, "       ");
  terminal_put_text(out, (treaty_text){.bytes = permit->clause, .length = strlen(permit->clause)});
  buffer_print(out, "   (%s:%u)", permit->file, permit->line);
  if (permit->most > 0) {
    buffer_print(out, ": %u made in ", permit->count);
    terminal_put_duration(out, permit->span_ms, false);
    buffer_print(out, ", where %u %s allowed", permit->most, permit->most == 1 ? "is" : "are");
  }
  put(out, "\n");
}

static void put_permit(buffer *out, const story *story, const treaty_permit *permit) {
  buffer_print(out, "  %s may ", permit->party);
  if (!permit->allowed) put(out, "not ");
  put(out, "contact ");
  if (permit->person.bytes)
    terminal_put_text(out, permit->person);
  else
    put(out, "the account");
  if (!permit->allowed && permit->from_ms != TREATY_NEVER) {
    put(out, " before ");
    terminal_put_instant(out, story->program, permit->from_ms);
  }
  if (!permit->allowed && permit->from_ms == TREATY_NEVER)
    put(out, ", and time alone will not change that");
  put(out, "\n");
  if (permit->clause) put_reason(out, permit);
}

static void put_lead(const contacts *asked, treaty_engine *engine, buffer *out, size_t index) {
  size_t count;
  const treaty_lead *lead = lead_at(asked, engine, index);
  bool closed = lead->closed;
  story_lead_text(asked->story, out, lead);
  const treaty_permit *permits = permits_of(asked, engine, index, &count);
  if (count == 0)
    put(out, closed ? "  it is closed: no clause limits contacts any more\n"
                    : "  no event of the treaty is a contact with the buyer\n");
  for (size_t i = 0; i < count; i++) put_permit(out, asked->story, &permits[i]);
}

void contacts_text(const contacts *asked, treaty_engine *engine, buffer *out) {
  size_t count;
  const treaty_lead *leads = treaty_engine_account(engine, asked->story->account, &count);
  terminal_put_text(out, asked->story->account);
  put(out, ": who may be contacted");
  if (count > 0) {
    put(out, ", at ");
    terminal_put_instant(out, asked->story->program, leads[0].clock_ms);
  }
  put(out, count > 0 ? "\n" : "\n\nno lead was opened\n");
  for (size_t i = 0; i < count; i++) put_lead(asked, engine, out, i);
}

/* ---- As JSON --------------------------------------------------------------------------------- */

static void put_string(buffer *out, const char *key, const char *text) {
  buffer_print(out, ",\"%s\":", key);
  buffer_json(out, text, strlen(text));
}

static void put_json_reason(buffer *out, const treaty_permit *permit) {
  put_string(out, "clause", permit->clause);
  put_string(out, "file", permit->file);
  buffer_print(out, ",\"line\":%u", permit->line);
  if (permit->most == 0) return;
  buffer_print(out, ",\"count\":%u,\"most\":%u,\"in_ms\":%" PRId64, permit->count, permit->most,
               permit->span_ms);
}

static void put_json_permit(buffer *out, const treaty_permit *permit) {
  bool never = !permit->allowed && permit->from_ms == TREATY_NEVER;
  put(out, "{\"party\":");
  buffer_json(out, permit->party, strlen(permit->party));
  if (permit->person.bytes) {
    put(out, ",\"person\":");
    buffer_json(out, permit->person.bytes, permit->person.length);
  }
  put_string(out, "contact", permit->allowed ? "allowed" : never ? "never" : "not before");
  if (!permit->allowed && !never) {
    char text[TR_TIME_TEXT_BYTES];
    tr_format_instant(permit->from_ms, text);
    put_string(out, "from", text);
  }
  if (permit->clause) put_json_reason(out, permit);
  put(out, "}");
}

static void put_json_lead(const contacts *asked, treaty_engine *engine, buffer *out, size_t index) {
  size_t count;
  put(out, "{");
  story_lead_json(out, lead_at(asked, engine, index));
  put(out, ",\"contacts\":[");
  const treaty_permit *permits = permits_of(asked, engine, index, &count);
  for (size_t i = 0; i < count; i++) {
    put(out, i > 0 ? "," : "");
    put_json_permit(out, &permits[i]);
  }
  put(out, "]}");
}

void contacts_json(const contacts *asked, treaty_engine *engine, buffer *out) {
  size_t count;
  treaty_engine_account(engine, asked->story->account, &count);
  put(out, "{\"account\":");
  buffer_json(out, asked->story->account.bytes, asked->story->account.length);
  put(out, ",\"leads\":[");
  for (size_t i = 0; i < count; i++) {
    put(out, i > 0 ? ",\n" : "\n");
    put_json_lead(asked, engine, out, i);
  }
  put(out, "]}\n");
}
