/* decision_json.c - a decision as a CloudEvent in one line, and as a line for people.
 *
 * JSON is written by hand, member by member: a library would build a tree for each of the hundred
 * thousands of decisions that a run makes, only to print it once.
 *
 * Members of `data` stand in one fixed order, and only where they say something: a text that is
 * known, a number on the kinds of decision that measure it. */
#include "runtime/decision_json.h"

#include <assert.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/terminal.h"

/* What takes a literal is inlined, so that its length is known when this is compiled. */
#define INLINE static inline __attribute__((always_inline))

/* ---- Pieces of JSON -------------------------------------------------------------------------- */

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

/* A line is some sixty short pieces. Inlined, a piece of known length is a comparison and a move or
 * two: a run that prints JSON takes 2 % less time. */
static inline void put_piece(buffer *out, const char *bytes, size_t length) {
  if (out->room - out->length < length) {
    buffer_put(out, bytes, length);
    return;
  }
  memcpy(out->bytes + out->length, bytes, length);
  out->length += length;
}

static inline void put_quoted(buffer *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if ((unsigned char)text[i] >= 0x20 && text[i] != '"' && text[i] != '\\') continue;
    buffer_json(out, text, length);
    return;
  }
  put_piece(out, "\"", 1);
  put_piece(out, text, length);
  put_piece(out, "\"", 1);
}

static void put_whole(buffer *out, uint64_t number) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  put_piece(out, digits + at, sizeof digits - at);
}

static void put_signed(buffer *out, int64_t number) {
  if (number < 0) buffer_put(out, "-", 1);
  put_whole(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

/* A share of the whole in per cent: 125000 millionths are "12.5", without zeros at the end. */
static void put_percent(buffer *out, int64_t millionths) {
  assert(millionths >= 0);
  put_whole(out, (uint64_t)millionths / 10000);
  uint64_t part = (uint64_t)millionths % 10000;
  if (part == 0) return;
  char digits[5] = {'.'};
  for (size_t i = 4; i > 0; i--, part /= 10) digits[i] = (char)('0' + part % 10);
  size_t length = sizeof digits;
  while (digits[length - 1] == '0') length--;
  buffer_put(out, digits, length);
}

static void put_instant(buffer *out, int64_t time_ms) {
  char text[TR_TIME_TEXT_BYTES];
  put_quoted(out, text, tr_format_instant(time_ms, text));
}

/* The object whose members are being written: knows whether a comma is due. */
typedef struct members {
  buffer *out;
  bool some;
} members;

INLINE void put_key(members *object, const char *key) {
  if (object->some) put_piece(object->out, ",", 1);
  put_piece(object->out, "\"", 1);
  put_piece(object->out, key, strlen(key));
  put_piece(object->out, "\":", 2);
  object->some = true;
}

INLINE void put_string_member(members *object, const char *key, const char *text) {
  if (!text) return;
  put_key(object, key);
  put_quoted(object->out, text, strlen(text));
}

INLINE void put_text_member(members *object, const char *key, treaty_text text) {
  if (!text.bytes) return;
  put_key(object, key);
  put_quoted(object->out, text.bytes, text.length);
}

INLINE void put_instant_member(members *object, const char *key, int64_t time_ms) {
  put_key(object, key);
  put_instant(object->out, time_ms);
}

INLINE void put_number_member(members *object, const char *key, int64_t number) {
  put_key(object, key);
  put_signed(object->out, number);
}

INLINE void put_flag_member(members *object, const char *key, bool flag) {
  put_key(object, key);
  put(object->out, flag ? "true" : "false");
}

/* ---- The CloudEvent -------------------------------------------------------------------------- */

/* What a URI cannot hold is percent-encoded, and what would be read as ours: "/" and "@". */
static void put_uri_part(buffer *out, const char *text) {
  static const char hex[] = "0123456789ABCDEF";
  for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
    bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                 (*at >= '0' && *at <= '9') || *at == '-' || *at == '.' || *at == '_' || *at == '~';
    char code[3] = {'%', hex[*at >> 4], hex[*at & 15]};
    if (plain)
      buffer_put(out, at, 1);
    else
      buffer_put(out, code, sizeof code);
  }
}

static void put_source(buffer *out, const treaty_decision *decision) {
  put(out, "\"/treaty/");
  if (decision->agreement) {
    put_uri_part(out, decision->agreement);
    put_piece(out, "@", 1);
    put_whole(out, decision->version);
  }
  put_piece(out, "\"", 1);
}

typedef enum measure {
  MEASURES_NOTHING = 0,
  MEASURES_OFFER = 1,   /* offered, due */
  MEASURES_ANSWER = 2,  /* answered, late */
  MEASURES_WAIT = 4,    /* open_ms, wall_ms */
  MEASURES_ENDED = 8,   /* answer, offer, ended */
  MEASURES_DUTY = 16,   /* started, due */
  MEASURES_DONE = 32,   /* done */
  MEASURES_HOLD = 64,   /* until */
  MEASURES_STUCK = 128, /* since */
  MEASURES_QUOTA = 256, /* rep, owed, reached, per, started, due */
} measure;

static unsigned measures_of(treaty_decision_kind kind) {
  switch (kind) {
    case TREATY_HANDOVER_ACCEPTED:
    case TREATY_HANDOVER_REJECTED: return MEASURES_OFFER | MEASURES_ANSWER | MEASURES_WAIT;
    case TREATY_HANDOVER_ANSWER_NOTED:
      return MEASURES_OFFER | MEASURES_ANSWER | MEASURES_WAIT | MEASURES_ENDED;
    case TREATY_HANDOVER_BREACHED:
    case TREATY_HANDOVER_WITHDRAWN:
    case TREATY_HANDOVER_RETURNED: return MEASURES_OFFER | MEASURES_WAIT;
    case TREATY_DUTY_KEPT:
    case TREATY_DUTY_LATE: return MEASURES_DUTY | MEASURES_DONE | MEASURES_WAIT;
    case TREATY_DUTY_BROKEN:
    case TREATY_DUTY_ENDED:
    case TREATY_DUTY_RETURNED: return MEASURES_DUTY | MEASURES_WAIT;
    case TREATY_CLOCK_PAUSED:
    case TREATY_CLOCK_RESUMED:
    case TREATY_DUTY_STARTED:
    case TREATY_DUTY_REMINDED:
    case TREATY_DUTY_ESCALATED:
    case TREATY_DUTY_TOLD: return MEASURES_DUTY;
    case TREATY_HANDOVER_SENT_BACK:
    case TREATY_HANDOVER_OFFERED:
    case TREATY_HANDOVER_REMINDED:
    case TREATY_HANDOVER_ESCALATED:
    case TREATY_HANDOVER_TOLD:
    case TREATY_HANDOVER_ENDED: return MEASURES_OFFER;
    case TREATY_QUOTA_KEPT:
    case TREATY_QUOTA_BROKEN:
    case TREATY_QUOTA_NOTED:
    case TREATY_QUOTA_REMINDED:
    case TREATY_QUOTA_ESCALATED:
    case TREATY_QUOTA_TOLD: return MEASURES_QUOTA;
    case TREATY_LEAD_HELD:
    case TREATY_LEAD_HELD_BACK:
    case TREATY_LEAD_RELEASED: return MEASURES_HOLD;
    case TREATY_CLAUSE_STUCK: return MEASURES_STUCK;
    default: return MEASURES_NOTHING;
  }
}

/* Which answer it would have been, to which offer. */
static void put_answer(members *data, const treaty_decision *decision) {
  put_string_member(data, "answer", decision->accepts ? "accepted" : "rejected");
  put_key(data, "offer");
  put_piece(data->out, "\"", 1);
  put_whole(data->out, decision->offer_seq);
  put_piece(data->out, ".", 1);
  put_whole(data->out, decision->offer_n);
  put_piece(data->out, "\"", 1);
}

/* The how-many-th of how many, in what span; where none was allowed there is no span. */
static void put_contact(members *data, const treaty_decision *decision) {
  put_instant_member(data, "contacted", decision->contacted_ms);
  if (decision->most == 0) return;
  put_number_member(data, "count", decision->count);
  put_number_member(data, "most", decision->most);
  put_number_member(data, "in_ms", decision->span_ms);
}

/* How much of what is owed was reached, in which period, by whom. */
static void put_quota(members *data, const treaty_decision *decision) {
  put_string_member(data, "rep", decision->rep);
  put_string_member(data, "owed", decision->owed);
  put_string_member(data, "reached", decision->reached);
  put_string_member(data, "per", decision->per);
  put_instant_member(data, "started", decision->offered_ms);
  put_instant_member(data, "due", decision->due_ms);
  if (decision->absent_ms > 0) put_number_member(data, "absent_ms", decision->absent_ms);
  if (decision->kind != TREATY_QUOTA_NOTED) return;
  put_instant_member(data, "happened", decision->answered_ms);
  put_flag_member(data, "enough", decision->enough);
}

static void put_measures(members *data, const treaty_decision *decision) {
  unsigned measures = measures_of(decision->kind);
  if (decision->kind == TREATY_LEAD_CLOSED) put_flag_member(data, "won", decision->won);
  if (decision->kind == TREATY_LEAD_PHASE_CHANGED && decision->file)
    put_flag_member(data, "inferred", decision->inferred);
  if (measures & MEASURES_HOLD) put_instant_member(data, "until", decision->due_ms);
  if (measures & MEASURES_STUCK) put_instant_member(data, "since", decision->offered_ms);
  if (measures & MEASURES_QUOTA) put_quota(data, decision);
  if (measures & MEASURES_ENDED) put_answer(data, decision);
  if (measures & MEASURES_ANSWER) put_flag_member(data, "late", decision->late);
  if (decision->at_once) put_flag_member(data, "at_once", true);
  if (measures & MEASURES_OFFER) {
    if (decision->due_ms != TREATY_NEVER) put_instant_member(data, "due", decision->due_ms);
    put_instant_member(data, "offered", decision->offered_ms);
  }
  if (measures & MEASURES_DUTY) {
    if (decision->due_ms != TREATY_NEVER) put_instant_member(data, "due", decision->due_ms);
    put_instant_member(data, "started", decision->offered_ms);
  }
  if (measures & MEASURES_DONE) put_instant_member(data, "done", decision->answered_ms);
  if (measures & MEASURES_ENDED) put_instant_member(data, "ended", decision->ended_ms);
  if (measures & MEASURES_ANSWER) put_instant_member(data, "answered", decision->answered_ms);
  if (measures & MEASURES_WAIT) {
    put_number_member(data, "open_ms", decision->open_ms);
    put_number_member(data, "wall_ms", decision->wall_ms);
  }
  if (decision->kind == TREATY_CONTACT_OVER_LIMIT) put_contact(data, decision);
  if (decision->paused_ms > 0) put_number_member(data, "paused_ms", decision->paused_ms);
  if (decision->percent_millionths > 0) {
    put_key(data, "percent");
    put_percent(data->out, decision->percent_millionths);
  }
}

static void put_because(members *data, const treaty_decision *decision) {
  if (decision->because_count == 0) return;
  buffer *out = data->out;
  put_key(data, "because");
  for (size_t i = 0; i < decision->because_count; i++) {
    const treaty_because *fact = &decision->because[i];
    members object = {.out = out};
    put_piece(out, i == 0 ? "[{" : ",{", 2);
    put_string_member(&object, "name", fact->name);
    put_text_member(&object, "person", fact->person);
    put_string_member(&object, "value", fact->value);
    put_string_member(&object, "question", fact->question);
    if (fact->seq > 0) {
      put_key(&object, "seq");
      put_whole(out, fact->seq);
    }
    put_piece(out, "}", 1);
  }
  put_piece(out, "]", 1);
}

/* As items of `because`: each column has its name and value. */
static void put_references(members *data, const treaty_decision *decision) {
  if (decision->reference_count == 0) return;
  buffer *out = data->out;
  put_key(data, "references");
  for (size_t i = 0; i < decision->reference_count; i++) {
    const treaty_reference *row = &decision->references[i];
    members object = {.out = out};
    put_piece(out, i == 0 ? "[{" : ",{", 2);
    put_string_member(&object, "catalogue", row->catalogue);
    put_key(&object, "row");
    put_piece(out, "[", 1);
    for (size_t k = 0; k < row->column_count; k++) {
      members column = {.out = out};
      put_piece(out, k == 0 ? "{" : ",{", k == 0 ? 1 : 2);
      put_string_member(&column, "name", row->columns[k].name);
      put_string_member(&column, "value", row->columns[k].value);
      put_piece(out, "}", 1);
    }
    put_piece(out, "]}", 2);
  }
  put_piece(out, "]", 1);
}

static void put_clause(members *data, const treaty_decision *decision) {
  if (!decision->file) return;
  buffer *out = data->out;
  put_key(data, "clause");
  buffer_json(out, decision->file, strlen(decision->file));
  out->length--; /* the line goes inside the quotes */
  put_piece(out, ":", 1);
  put_whole(out, decision->line);
  put_piece(out, "\"", 1);
}

static void put_data(members *event, const treaty_decision *decision) {
  buffer *out = event->out;
  members data = {.out = out};
  put_key(event, "data");
  put_piece(out, "{", 1);
  put_string_member(&data, "from", decision->from);
  put_string_member(&data, "to", decision->to);
  put_string_member(&data, "party", decision->party);
  put_string_member(&data, "by", decision->by);
  put_text_member(&data, "actor", decision->actor);
  put_string_member(&data, "address", decision->address);
  put_text_member(&data, "person", decision->person);
  put_string_member(&data, "name", decision->name);
  put_text_member(&data, "about_source", decision->about_source);
  put_text_member(&data, "about_id", decision->about_id);
  put_string_member(&data, "reason", decision->reason);
  put_measures(&data, decision);
  put_string_member(&data, "say", decision->say);
  put_references(&data, decision);
  put_clause(&data, decision);
  put_because(&data, decision);
  put_piece(out, "}", 1);
}

void decision_json(buffer *out, const treaty_decision *decision) {
  members event = {.out = out};
  put_piece(out, "{", 1);
  put_string_member(&event, "specversion", "1.0");
  put_key(&event, "id");
  put_piece(out, "\"", 1);
  put_whole(out, decision->seq);
  put_piece(out, ".", 1);
  put_whole(out, decision->n);
  put_piece(out, "\"", 1);
  put_key(&event, "source");
  put_source(out, decision);
  put_string_member(&event, "type", treaty_decision_type(decision->kind));
  put_instant_member(&event, "time", decision->time_ms);
  put_text_member(&event, "account", decision->account);
  put_text_member(&event, "lead", decision->lead);
  put_text_member(&event, "causationsource", decision->cause_source);
  put_text_member(&event, "causationid", decision->cause_id);
  put_data(&event, decision);
  put_piece(out, "}", 1);
}

/* ---- The line for people --------------------------------------------------------------------- */

static void put_reason(buffer *out, const treaty_decision *decision) {
  if (decision->reason) buffer_print(out, ", reason %s", decision->reason);
}

static void put_due(buffer *out, const treaty_program *program, const treaty_decision *decision,
                    const char *before) {
  if (decision->due_ms == TREATY_NEVER) return;
  put(out, before);
  terminal_put_instant(out, program, decision->due_ms);
}

/* "after 1 hour 30 minutes of open time, 2 days 4 hours in all" */
static void put_wait(buffer *out, const treaty_decision *decision) {
  bool answered = measures_of(decision->kind) & (MEASURES_ANSWER | MEASURES_DONE);
  if (answered && decision->answered_ms < decision->offered_ms) {
    put(out, ", dated ");
    terminal_put_duration(out, decision->offered_ms - decision->answered_ms, false);
    put(out, decision->name ? " before it was owed" : " before the offer");
    return;
  }
  if (decision->wall_ms == 0) {
    put(out, " at once");
    return;
  }
  put(out, " after ");
  if (decision->open_ms != decision->wall_ms) {
    terminal_put_duration(out, decision->open_ms, true);
    put(out, " of open time, ");
  }
  terminal_put_duration(out, decision->wall_ms, false);
  if (decision->open_ms != decision->wall_ms) put(out, " in all");
  if (decision->paused_ms == 0) return;
  put(out, ", paused for ");
  terminal_put_duration(out, decision->paused_ms, false);
}

/* Of the time that a step of the deadline comes at. */
static void put_share_of_time(buffer *out, const treaty_decision *decision) {
  if (decision->percent_millionths <= 0) return;
  put(out, " at ");
  put_percent(out, decision->percent_millionths);
  put(out, decision->name ? "% of the time" : "% of the time to answer");
}

static void put_fact_name(buffer *out, const treaty_because *fact) {
  terminal_put_text(out, (treaty_text){.bytes = fact->name, .length = strlen(fact->name)});
  if (!fact->person.bytes) return;
  put(out, " of ");
  terminal_put_text(out, fact->person);
}

static const char *or_nobody(const char *party) { return party ? party : "the other side"; }
static const char *or_nothing(const char *text) { return text ? text : ""; }

/* `before` is NAME@VERSION, or NULL. */
static void put_agreement_before(buffer *out, const char *before) {
  const char *version = before ? strrchr(before, '@') : NULL;
  if (!version) return;
  buffer_print(out, ", no longer by \"%.*s\" version %s", (int)(version - before), before,
               version + 1);
}

static void put_lead_phrase(buffer *out, const treaty_decision *decision) {
  const char *from = decision->from, *to = decision->to;
  switch (decision->kind) {
    case TREATY_LEAD_OPENED:
      buffer_print(out, "opened at %s", to ? to : "its first stage");
      if (decision->party) buffer_print(out, ", owned by %s", decision->party);
      break;
    case TREATY_LEAD_STAGE_CHANGED:
      buffer_print(out, "moved from %s to %s", from ? from : "nowhere", to ? to : "nowhere");
      put_reason(out, decision);
      break;
    case TREATY_LEAD_PHASE_CHANGED:
      /* Without evidence it is back: what it rested on never was. */
      buffer_print(out, "buyer %s %s", decision->file ? "came to" : "is back at",
                   to ? to : "a phase");
      if (decision->file) put(out, decision->inferred ? ", inferred" : ", observed");
      break;
    case TREATY_LEAD_OWNER_CHANGED:
      buffer_print(out, "owner changed from %s to %s", from ? from : "nobody", to ? to : "nobody");
      break;
    case TREATY_LEAD_ASSIGNED:
      buffer_print(out, "given to %s", to ? to : "somebody");
      if (decision->name) buffer_print(out, " of %s", decision->name);
      if (from) buffer_print(out, ", no longer %s", from);
      break;
    case TREATY_LEAD_UNASSIGNED:
      buffer_print(out, "nobody of %s can have it now", decision->party ? decision->party : "it");
      break;
    case TREATY_LEAD_OPEN_TO_TEAM:
      buffer_print(out, "open to %s: the first who takes it gets it", to ? to : "a team");
      if (from) buffer_print(out, ", no longer %s", from);
      break;
    case TREATY_LEAD_CLOSED:
      /* Without a clause it is neither: it was joined to another, or never was. */
      buffer_print(out, "closed%s", !decision->file ? "" : decision->won ? ", won" : ", lost");
      put_reason(out, decision);
      break;
    case TREATY_LEAD_GOVERNED: {
      const char *agreement = decision->agreement ? decision->agreement : "";
      buffer_print(out, "governed by \"%s\" version %u", agreement, decision->version);
      put_agreement_before(out, from);
      break;
    }
    case TREATY_LEAD_TOLD:
      buffer_print(out, "%s told \"%s\"", or_nobody(decision->party),
                   decision->say ? decision->say : "");
      break;
    case TREATY_LEAD_ENTRY_REFUSED:
      buffer_print(out, "not moved to %s: it was there already in this step", to ? to : "a stage");
      break;
    default:
      assert(decision->kind == TREATY_LEAD_UNGOVERNED);
      put(out, "no agreement governs it yet");
      put_reason(out, decision);
  }
}

#define FACTS_MAX 3 /* that a line names */

/* "stuck for 14 days on the way to MQL: marketing is to find out lead.budget, lead.start" */
static void put_stuck_phrase(buffer *out, const treaty_decision *decision) {
  size_t count = decision->because_count, shown = count > FACTS_MAX ? FACTS_MAX : count;
  put(out, "stuck for ");
  terminal_put_duration(out, decision->time_ms - decision->offered_ms, false);
  buffer_print(out, " on the way to %s", decision->to ? decision->to : "a stage");
  if (count == 0) put(out, ": it cannot be told, and nothing that could be found out would do");
  if (count > 0) buffer_print(out, ": %s is to find out ", or_nobody(decision->party));
  for (size_t i = 0; i < shown; i++) {
    if (i > 0) put(out, ", ");
    put_fact_name(out, &decision->because[i]);
  }
  if (count > shown) put(out, " and others");
}

/* Behind a party: which of its people. */
static void put_actor(buffer *out, const treaty_decision *decision) {
  if (!decision->actor.bytes) return;
  put(out, " (");
  terminal_put_text(out, decision->actor);
  put(out, ")");
}

/* " because of the buyer", " because of sales (jo)" */
static void put_whose_doing(buffer *out, const treaty_decision *decision) {
  if (!decision->by) return;
  bool buyer = strcmp(decision->by, "buyer") == 0;
  buffer_print(out, " because of %s%s", buyer ? "the " : "", decision->by);
  put_actor(out, decision);
}

static void put_answer_phrase(buffer *out, const treaty_decision *decision, bool accepts) {
  buffer_print(out, "%s by %s", accepts ? "accepted" : "rejected", or_nobody(decision->party));
  put_wait(out, decision);
  put_reason(out, decision);
}

/* By its own time it was given while the offer was open, and told too late; or it was given too
 * late. */
static void put_noted_phrase(buffer *out, const treaty_program *program,
                             const treaty_decision *decision) {
  bool given_open = decision->answered_ms <= decision->ended_ms;
  put(out, "noted: ");
  put_answer_phrase(out, decision, decision->accepts);
  if (given_open && decision->late) put_due(out, program, decision, ", late: it was due ");
  if (given_open && !decision->late && decision->answered_ms >= decision->offered_ms)
    put(out, ", in time");
  put(out,
      given_open ? ", but told when the offer had ended at " : ", when the offer had ended at ");
  terminal_put_instant(out, program, decision->ended_ms);
}

static void put_handover_phrase(buffer *out, const treaty_program *program,
                                const treaty_decision *decision) {
  const char *party = or_nobody(decision->party);
  switch (decision->kind) {
    case TREATY_HANDOVER_OFFERED:
      buffer_print(out, "offered to %s", party);
      put_due(out, program, decision, ", answer due ");
      break;
    case TREATY_HANDOVER_ACCEPTED:
    case TREATY_HANDOVER_REJECTED:
      put_answer_phrase(out, decision, decision->kind == TREATY_HANDOVER_ACCEPTED);
      if (decision->late)
        put_due(out, program, decision, ", late: it was due ");
      else if (decision->time_ms > decision->due_ms) /* it was breached before */
        put(out, ", in time but told after it was due");
      break;
    case TREATY_HANDOVER_ANSWER_NOTED: put_noted_phrase(out, program, decision); break;
    case TREATY_HANDOVER_REMINDED:
      buffer_print(out, "%s reminded", party);
      put_share_of_time(out, decision);
      put_due(out, program, decision, ", answer due ");
      break;
    case TREATY_HANDOVER_ESCALATED:
      buffer_print(out, "escalated to %s", party);
      if (decision->address) buffer_print(out, " <%s>", decision->address);
      put_share_of_time(out, decision);
      break;
    case TREATY_HANDOVER_TOLD:
      buffer_print(out, "%s told \"%s\"", party, decision->say ? decision->say : "");
      put_share_of_time(out, decision);
      break;
    case TREATY_HANDOVER_WITHDRAWN:
      buffer_print(out, "offer to %s withdrawn", party);
      put_wait(out, decision);
      break;
    case TREATY_HANDOVER_NOT_OFFERED:
      buffer_print(out, "not offered to %s", party);
      put_share_of_time(out, decision);
      put(out, ": that offer would be withdrawn at once");
      break;
    case TREATY_HANDOVER_SENT_BACK:
      buffer_print(out, "sent back by %s", party);
      put_actor(out, decision);
      put(out, " with a question: its clock stands still");
      break;
    case TREATY_HANDOVER_BREACHED:
      buffer_print(out, "breached: no answer from %s", party);
      put_due(out, program, decision, " by ");
      break;
    case TREATY_HANDOVER_RETURNED:
      buffer_print(out, "taken back from %s unanswered", party);
      put_wait(out, decision);
      if (decision->to) buffer_print(out, ", goes to %s", decision->to);
      put_reason(out, decision);
      break;
    default:
      assert(decision->kind == TREATY_HANDOVER_ENDED);
      buffer_print(out, "offer to %s ended: ", party);
      if (decision->name)
        buffer_print(out, "%s is offered it instead", decision->name);
      else
        put(out, "the lead left the stage");
  }
}

static void put_duty_phrase(buffer *out, const treaty_program *program,
                            const treaty_decision *decision) {
  const char *party = or_nobody(decision->party), *owed = decision->name ? decision->name : "";
  switch (decision->kind) {
    case TREATY_DUTY_STARTED:
      buffer_print(out, "%s owes %s", party, owed);
      put_due(out, program, decision, ", due ");
      break;
    case TREATY_DUTY_KEPT:
    case TREATY_DUTY_LATE:
      buffer_print(out, "%s by %s", owed, party);
      put_wait(out, decision);
      if (decision->late)
        put_due(out, program, decision, ", late: it was due ");
      else if (decision->time_ms > decision->due_ms) /* it was broken before */
        put(out, ", in time but told after it was due");
      else
        put(out, ", in time");
      break;
    case TREATY_DUTY_BROKEN:
      buffer_print(out, "broken: no %s from %s", owed, party);
      put_due(out, program, decision, " by ");
      break;
    case TREATY_DUTY_REMINDED:
      buffer_print(out, "%s reminded of %s", party, owed);
      put_share_of_time(out, decision);
      put_due(out, program, decision, ", due ");
      break;
    case TREATY_DUTY_ESCALATED:
      buffer_print(out, "%s escalated to %s", owed, party);
      if (decision->address) buffer_print(out, " <%s>", decision->address);
      put_share_of_time(out, decision);
      break;
    case TREATY_DUTY_TOLD:
      buffer_print(out, "%s told \"%s\"", party, decision->say ? decision->say : "");
      put_share_of_time(out, decision);
      break;
    case TREATY_DUTY_RETURNED:
      buffer_print(out, "no %s, so it goes to %s", owed, decision->to ? decision->to : "a stage");
      put_wait(out, decision);
      put_reason(out, decision);
      break;
    default:
      assert(decision->kind == TREATY_DUTY_ENDED);
      buffer_print(out, "%s is owed no longer: %s", owed,
                   decision->reason ? decision->reason : "it is over");
  }
}

/* "12 of 40 MQL by jo of marketing in the month from 2026-11-01" */
static void put_reached(buffer *out, const treaty_program *program,
                        const treaty_decision *decision) {
  const char *party = or_nobody(decision->from ? decision->from : decision->party);
  char day[TREATY_TIME_TEXT_BYTES];
  buffer_print(out, "%s of %s %s by ", or_nothing(decision->reached), or_nothing(decision->owed),
               or_nothing(decision->name));
  if (decision->rep) buffer_print(out, "%s of ", decision->rep);
  treaty_time_text(program, decision->offered_ms, day);
  buffer_print(out, "%s in the %s from %.10s", party, decision->per ? decision->per : "period",
               day);
}

static void put_quota_phrase(buffer *out, const treaty_program *program,
                             const treaty_decision *decision) {
  const char *party = or_nobody(decision->party);
  switch (decision->kind) {
    case TREATY_QUOTA_KEPT: put(out, "kept: "); break;
    case TREATY_QUOTA_BROKEN: put(out, "broken: "); break;
    case TREATY_QUOTA_NOTED: put(out, "noted: "); break;
    case TREATY_QUOTA_REMINDED: buffer_print(out, "%s reminded: ", party); break;
    case TREATY_QUOTA_ESCALATED:
      buffer_print(out, "escalated to %s", party);
      if (decision->address) buffer_print(out, " <%s>", decision->address);
      put(out, ": ");
      break;
    default:
      assert(decision->kind == TREATY_QUOTA_TOLD);
      buffer_print(out, "%s told \"%s\": ", party, or_nothing(decision->say));
  }
  put_reached(out, program, decision);
  if (decision->percent_millionths > 0) put_share_of_time(out, decision);
  if (decision->absent_ms > 0) {
    put(out, ", absent for ");
    terminal_put_duration(out, decision->absent_ms, false);
  }
  if (decision->kind != TREATY_QUOTA_NOTED) return;
  put(out, ", with what happened at ");
  terminal_put_instant(out, program, decision->answered_ms);
  put(out, " and came when it was over");
}

/* Of an offer, or of something owed. */
static void put_clock_phrase(buffer *out, const treaty_program *program,
                             const treaty_decision *decision) {
  bool pauses = decision->kind == TREATY_CLOCK_PAUSED;
  buffer_print(out, "clock of %s %s", decision->name ? decision->name : "the offer",
               pauses ? "stands still" : "goes on");
  put_whose_doing(out, decision);
  if (decision->paused_ms > 0) {
    put(out, pauses ? ", before that for " : " after ");
    terminal_put_duration(out, decision->paused_ms, false);
    put(out, " in all");
  }
  put_due(out, program, decision, ", due ");
}

static void put_power_phrase(buffer *out, const treaty_program *program,
                             const treaty_decision *decision) {
  const char *party = or_nobody(decision->party), *to = decision->to ? decision->to : "a stage";
  switch (decision->kind) {
    case TREATY_LEAD_MOVED:
      put(out, party);
      put_actor(out, decision);
      buffer_print(out, " decides: to %s", to);
      put_reason(out, decision);
      break;
    case TREATY_LEAD_OFFERED:
      buffer_print(out, "%s decides: it is offered to %s", party, to);
      put_reason(out, decision);
      break;
    case TREATY_LEAD_PASSED:
      buffer_print(out, "%s passes it on to %s", decision->name ? decision->name : "somebody", to);
      put_reason(out, decision);
      break;
    case TREATY_LEAD_HELD:
      buffer_print(out, "held by %s", party);
      put_actor(out, decision);
      put_due(out, program, decision, " until ");
      put_reason(out, decision);
      break;
    case TREATY_LEAD_HELD_BACK:
      buffer_print(out, "not moved to %s: held by %s", to, party);
      put_due(out, program, decision, " until ");
      break;
    case TREATY_LEAD_RELEASED:
      buffer_print(out, "no longer held by %s", party);
      if (decision->actor.bytes) put(out, ", released by ");
      terminal_put_text(out, decision->actor);
      put_reason(out, decision);
      break;
    default:
      assert(decision->kind == TREATY_POWER_REFUSED);
      put(out, "refused");
      if (decision->party) buffer_print(out, " to %s", party);
      if (decision->party) put_actor(out, decision);
      buffer_print(out, " (%s)", decision->name ? decision->name : "no_power");
      if (decision->reason) buffer_print(out, ": %s", decision->reason);
  }
}

static void put_identity_phrase(buffer *out, const treaty_decision *decision) {
  const char *from = decision->from ? decision->from : "another";
  switch (decision->kind) {
    case TREATY_ACCOUNT_MERGED:
      buffer_print(out, "account %s is this one from now on", from);
      break;
    case TREATY_LEAD_ADOPTED:
      buffer_print(out, "comes from account %s, where it was lead %s", from,
                   decision->name ? decision->name : "");
      break;
    case TREATY_LEAD_JOINED: buffer_print(out, "lead %s is this one from now on", from); break;
    default:
      assert(decision->kind == TREATY_EVENT_VOIDED);
      buffer_print(out, "%s ", decision->name ? decision->name : "an event");
      terminal_put_text(out, decision->about_source);
      put(out, " ");
      terminal_put_text(out, decision->about_id);
      put(out, " counts as if it had never been");
  }
}

static void put_ordinal(buffer *out, uint32_t number) {
  static const char *const endings[] = {"th", "st", "nd", "rd"};
  bool plain = number % 10 > 3 || number % 100 / 10 == 1;
  buffer_print(out, "%u%s", number, endings[plain ? 0 : number % 10]);
}

static void put_contact_phrase(buffer *out, const treaty_program *program,
                               const treaty_decision *decision) {
  buffer_print(out, "%s contacted ", or_nobody(decision->party));
  if (decision->person.bytes)
    terminal_put_text(out, decision->person);
  else
    put(out, "the account");
  if (decision->name) buffer_print(out, " by %s", decision->name);
  if (decision->contacted_ms != decision->time_ms) {
    put(out, " on ");
    terminal_put_instant(out, program, decision->contacted_ms);
  }
  if (decision->most == 0) {
    put(out, ", which the agreement does not allow now");
    return;
  }
  put(out, ": the ");
  put_ordinal(out, decision->count);
  put(out, " time in ");
  terminal_put_duration(out, decision->span_ms, false);
  buffer_print(out, ", where %u %s allowed", decision->most, decision->most == 1 ? "is" : "are");
}

void decision_put_reference(buffer *out, const treaty_reference *row) {
  put(out, row->catalogue);
  for (size_t i = 0; i < row->column_count; i++) {
    const char *value = row->columns[i].value;
    put(out, i == 0 ? " " : i == 1 ? " (" : ", ");
    terminal_put_text(out, (treaty_text){.bytes = value, .length = strlen(value)});
  }
  if (row->column_count > 1) put(out, ")");
}

static void put_play_phrase(buffer *out, const treaty_decision *decision) {
  buffer_print(out, "play \"%s\" for ", decision->name ? decision->name : "");
  terminal_put_text(out, decision->person);
  if (decision->say) buffer_print(out, ": \"%s\"", decision->say);
  for (size_t i = 0; i < decision->reference_count; i++) {
    put(out, "; ");
    decision_put_reference(out, &decision->references[i]);
  }
}

void decision_phrase(buffer *out, const treaty_program *program, const treaty_decision *decision) {
  switch (decision->kind) {
    case TREATY_CRITERION_CHANGED:
      buffer_print(out, "%s is %s", decision->name ? decision->name : "a criterion",
                   decision->to ? decision->to : "open");
      if (decision->from) buffer_print(out, ", before %s", decision->from);
      break;
    case TREATY_EVENT_UNBOUND:
      buffer_print(
          out, "%s %s", decision->name ? decision->name : "an event",
          decision->reason ? "acts on nothing: " : "found no open lead and acts on nothing");
      if (decision->reason) put(out, decision->reason);
      break;
    case TREATY_LEAD_MOVED:
    case TREATY_LEAD_OFFERED:
    case TREATY_LEAD_PASSED:
    case TREATY_LEAD_HELD:
    case TREATY_LEAD_HELD_BACK:
    case TREATY_LEAD_RELEASED:
    case TREATY_POWER_REFUSED: put_power_phrase(out, program, decision); break;
    case TREATY_QUOTA_KEPT:
    case TREATY_QUOTA_BROKEN:
    case TREATY_QUOTA_NOTED:
    case TREATY_QUOTA_REMINDED:
    case TREATY_QUOTA_ESCALATED:
    case TREATY_QUOTA_TOLD: put_quota_phrase(out, program, decision); break;
    case TREATY_PLAY_SUGGESTED: put_play_phrase(out, decision); break;
    case TREATY_CLAUSE_STUCK: put_stuck_phrase(out, decision); break;
    case TREATY_CONTACT_OVER_LIMIT: put_contact_phrase(out, program, decision); break;
    case TREATY_ACCOUNT_MERGED:
    case TREATY_LEAD_ADOPTED:
    case TREATY_LEAD_JOINED:
    case TREATY_EVENT_VOIDED: put_identity_phrase(out, decision); break;
    case TREATY_HANDOVER_OFFERED:
    case TREATY_HANDOVER_ACCEPTED:
    case TREATY_HANDOVER_REJECTED:
    case TREATY_HANDOVER_REMINDED:
    case TREATY_HANDOVER_ESCALATED:
    case TREATY_HANDOVER_TOLD:
    case TREATY_HANDOVER_BREACHED:
    case TREATY_HANDOVER_RETURNED:
    case TREATY_HANDOVER_ENDED:
    case TREATY_HANDOVER_WITHDRAWN:
    case TREATY_HANDOVER_NOT_OFFERED:
    case TREATY_HANDOVER_SENT_BACK:
    case TREATY_HANDOVER_ANSWER_NOTED: put_handover_phrase(out, program, decision); break;
    case TREATY_CLOCK_PAUSED:
    case TREATY_CLOCK_RESUMED: put_clock_phrase(out, program, decision); break;
    case TREATY_DUTY_STARTED:
    case TREATY_DUTY_KEPT:
    case TREATY_DUTY_LATE:
    case TREATY_DUTY_BROKEN:
    case TREATY_DUTY_ENDED:
    case TREATY_DUTY_REMINDED:
    case TREATY_DUTY_ESCALATED:
    case TREATY_DUTY_TOLD:
    case TREATY_DUTY_RETURNED: put_duty_phrase(out, program, decision); break;
    default: put_lead_phrase(out, decision);
  }
}

void decision_text(buffer *out, const treaty_program *program, const treaty_decision *decision) {
  terminal_put_instant(out, program, decision->time_ms);
  put(out, "  ");
  terminal_put_text(out, decision->account);
  put(out, "  ");
  if (decision->lead.bytes)
    terminal_put_text(out, decision->lead);
  else
    put(out, "-");
  put(out, "  ");
  decision_phrase(out, program, decision);
  if (decision->file) buffer_print(out, "   (%s:%u)", decision->file, decision->line);
}
