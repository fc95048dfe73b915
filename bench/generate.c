/* generate.c - the workload of the ten rules: a feed of made-up leads, in order of time.
 *
 * One account is one lead with one to three persons. Two layers lie over each other on 90 days:
 *   - noise: visits, mails, forms and webinars of anybody; a tenth of the leads gets a third of it
 *   - stories: about a third of the leads asks for a demo and reads the prices, which is what
 *     promotes it, and most of these are answered by sales some hours later, in time or not
 * The answers are aimed by a rough guess at the rules: some meet no offer, and act on nothing.
 *
 * Everything comes from one seed by splitmix64 and whole numbers, so a seed gives the same bytes
 * everywhere. An event is first a small record; the records are sorted by (time, order of making)
 * and only then written out.
 *
 *   generate [--events N] [--leads N] [--seed N] > feed.ndjson */
#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SECOND_MS = 1000,
  MINUTE_MS = 60 * SECOND_MS,
  HOUR_MS = 60 * MINUTE_MS,
  DAY_MS = 24 * HOUR_MS,
  STORY_PERCENT = 34,      /* leads that have a story */
  STORY_EVENTS_MAX = 9,    /* form, webinar, click, five prices, answer */
  BUSY_LEADS_DIVISOR = 10, /* one lead in ten is busy ... */
  BUSY_NOISE_PERCENT = 30, /* ... and gets this share of the noise besides its own */
  OUTPUT_BYTES = 1 << 20,
  LINE_BYTES_MAX = 1024,
};

#define FIRST_MS INT64_C(1767571200000) /* 2026-01-05 00:00 UTC, a Monday */
#define SPAN_MS  (INT64_C(90) * DAY_MS)

/* What may happen: its name in the feed, the source that sends it, and whether a person did it. */
#define EVENT_KINDS(KIND)                                      \
  KIND(PAGE_VIEWED, "web.page_viewed", "/web", true)           \
  KIND(FORM_SUBMITTED, "web.form_submitted", "/web", true)     \
  KIND(EMAIL_OPENED, "email.opened", "/mail", true)            \
  KIND(EMAIL_CLICKED, "email.clicked", "/mail", true)          \
  KIND(WEBINAR_ATTENDED, "webinar.attended", "/webinar", true) \
  KIND(LEAD_ACCEPTED, "crm.lead_accepted", "/crm", false)      \
  KIND(LEAD_REJECTED, "crm.lead_rejected", "/crm", false)

typedef enum event_kind {
#define KIND(name, type, source, by_person) name,
  EVENT_KINDS(KIND)
#undef KIND
} event_kind;

static const struct {
  const char *type, *source;
  bool by_person;
} kinds[] = {
#define KIND(name, type, source, by_person) {type, source, by_person},
    EVENT_KINDS(KIND)
#undef KIND
};

typedef struct event {
  int64_t time_ms;
  uint32_t order; /* of making: settles equal times, and seeds the payload */
  uint32_t lead;
  uint8_t kind;   /* event_kind */
  uint8_t person; /* from 0, within the lead */
  bool decisive;  /* a price page or a demo form for certain; otherwise the payload is drawn */
} event;

typedef struct workload {
  event *events;
  uint32_t count, room;
  uint32_t leads;
  uint64_t seed;
  uint64_t random; /* the state of the one running generator */
} workload;

/* --- chance ---------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state) {
  uint64_t x = (*state += UINT64_C(0x9e3779b97f4a7c15));
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* A number from 0 to limit - 1; the bias of the remainder is far below what a workload can show. */
static uint64_t below(uint64_t *state, uint64_t limit) {
  assert(limit > 0);
  return next_random(state) % limit;
}

static bool chance(uint64_t *state, unsigned percent) { return below(state, 100) < percent; }

/* What a lead is stays the same from event to event: drawn from the seed and its number alone. */
static uint64_t lead_random(const workload *work, uint32_t lead) {
  uint64_t state = work->seed ^ (UINT64_C(0xd1342543de82ef95) * (lead + UINT64_C(1)));
  return next_random(&state);
}

static unsigned person_count(const workload *work, uint32_t lead) {
  return 1 + (unsigned)(lead_random(work, lead) % 3);
}

static const char *country_of(const workload *work, uint32_t lead) {
  static const char *const countries[] = {"DE", "DE", "DE", "DE", "AT",
                                          "CH", "FR", "NL", "PL", "IT"};
  return countries[(lead_random(work, lead) >> 8) % 10];
}

/* From 5 to 5,000 employees, the small ones more often; about a quarter has 250 and more. */
static unsigned employees_of(const workload *work, uint32_t lead) {
  uint64_t draw = lead_random(work, lead) >> 16;
  unsigned share = (unsigned)(draw % 1000);
  if (share < 400) return 5 + (unsigned)((draw >> 16) % 45);
  if (share < 740) return 50 + (unsigned)((draw >> 16) % 200);
  return 250 + (unsigned)((draw >> 16) % 4751);
}

/* --- making the events ----------------------------------------------------------------------- */

static void make_event(workload *work, int64_t time_ms, uint32_t lead, event_kind kind,
                       unsigned person, bool decisive) {
  assert(work->count < work->room);
  assert(time_ms >= FIRST_MS && time_ms < FIRST_MS + SPAN_MS);
  work->events[work->count] = (event){.time_ms = time_ms,
                                      .order = work->count,
                                      .lead = lead,
                                      .kind = (uint8_t)kind,
                                      .person = (uint8_t)person,
                                      .decisive = decisive};
  work->count++;
}

static int64_t any_time_ms(workload *work) {
  return FIRST_MS + (int64_t)below(&work->random, (uint64_t)SPAN_MS);
}

static void make_noise(workload *work, uint32_t lead) {
  static const struct {
    uint8_t kind, until_percent;
  } shares[] = {{PAGE_VIEWED, 50},
                {EMAIL_OPENED, 77},
                {EMAIL_CLICKED, 87},
                {FORM_SUBMITTED, 95},
                {WEBINAR_ATTENDED, 100}};
  unsigned draw = (unsigned)below(&work->random, 100), i = 0;
  while (draw >= shares[i].until_percent) i++;
  unsigned person = (unsigned)below(&work->random, person_count(work, lead));
  make_event(work, any_time_ms(work), lead, shares[i].kind, person, false);
}

/* Sales' answer, some hours after the lead should have been offered: half of them in the first four
 * hours, a fifth after the breach, a few after the lead has gone back; every fourth never comes. */
static void make_answer(workload *work, uint32_t lead, int64_t offered_ms) {
  unsigned draw = (unsigned)below(&work->random, 100);
  if (draw >= 76) return;
  int64_t from_ms = draw < 35   ? MINUTE_MS
                    : draw < 52 ? 2 * HOUR_MS
                    : draw < 71 ? 4 * HOUR_MS
                                : 8 * HOUR_MS;
  int64_t span_ms = draw < 52 ? 2 * HOUR_MS : 4 * HOUR_MS;
  int64_t time_ms = offered_ms + from_ms + (int64_t)below(&work->random, (uint64_t)span_ms);
  if (time_ms >= FIRST_MS + SPAN_MS) return;
  event_kind answer = chance(&work->random, 84) ? LEAD_ACCEPTED : LEAD_REJECTED;
  make_event(work, time_ms, lead, answer, 0, false);
}

/* One person asks for a demo and reads the prices two to five times within three days. */
static void make_story(workload *work, uint32_t lead) {
  unsigned person = (unsigned)below(&work->random, person_count(work, lead));
  unsigned views = 2 + (unsigned)below(&work->random, 4);
  int64_t start_ms = FIRST_MS + (int64_t)below(&work->random, (uint64_t)(SPAN_MS - 4 * DAY_MS));
  int64_t time_ms = start_ms, offered_ms = 0;

  if (chance(&work->random, 30)) make_event(work, time_ms, lead, EMAIL_CLICKED, person, false);
  if (chance(&work->random, 20)) make_event(work, time_ms, lead, WEBINAR_ATTENDED, person, false);
  time_ms += MINUTE_MS + (int64_t)below(&work->random, 6 * HOUR_MS);
  make_event(work, time_ms, lead, FORM_SUBMITTED, person, true);
  for (unsigned view = 1; view <= views; view++) {
    time_ms += MINUTE_MS + (int64_t)below(&work->random, 12 * HOUR_MS);
    make_event(work, time_ms, lead, PAGE_VIEWED, person, true);
    if (view == 3) offered_ms = time_ms; /* where the window of three is full */
  }
  if (offered_ms != 0) make_answer(work, lead, offered_ms);
}

/* Every lead has at least one event of a buyer; what is then left of the number asked for is noise.
 */
static bool make_workload(workload *work) {
  for (uint32_t lead = 0; lead < work->leads; lead++) {
    if (work->room - work->count < STORY_EVENTS_MAX + 1) return false;
    make_noise(work, lead);
    if (chance(&work->random, STORY_PERCENT)) make_story(work, lead);
  }
  uint32_t busy = work->leads / BUSY_LEADS_DIVISOR > 0 ? work->leads / BUSY_LEADS_DIVISOR : 1;
  while (work->count < work->room) {
    bool to_busy = chance(&work->random, BUSY_NOISE_PERCENT);
    make_noise(work, to_busy ? (uint32_t)below(&work->random, busy) * (work->leads / busy)
                             : (uint32_t)below(&work->random, work->leads));
  }
  return true;
}

static int by_time(const void *left, const void *right) {
  const event *a = left, *b = right;
  if (a->time_ms != b->time_ms) return a->time_ms < b->time_ms ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

/* --- writing them out ------------------------------------------------------------------------ */

typedef struct output {
  char bytes[OUTPUT_BYTES];
  size_t used;
} output;

static void flush_output(output *out) {
  if (fwrite(out->bytes, 1, out->used, stdout) != out->used || fflush(stdout) != 0) {
    fprintf(stderr, "generate: could not write the feed\n");
    exit(2);
  }
  out->used = 0;
}

static void put_text(output *out, const char *text) {
  size_t length = strlen(text);
  assert(out->used + length <= sizeof out->bytes);
  memcpy(out->bytes + out->used, text, length);
  out->used += length;
}

/* Decimal digits, with zeros in front up to `width`. */
static void put_number(output *out, uint64_t number, unsigned width) {
  char digits[20];
  unsigned count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
  } while (number /= 10);
  assert(out->used + width + count <= sizeof out->bytes);
  for (unsigned zero = count; zero < width; zero++) out->bytes[out->used++] = '0';
  while (count > 0) out->bytes[out->used++] = digits[--count];
}

/* The date of a day counted from 1970-01-01 in the proleptic Gregorian calendar: years are taken to
 * begin in March, so that the leap day is their last (Howard Hinnant, chrono-compatible low-level
 * date algorithms). */
static void put_date(output *out, int64_t day) {
  uint64_t shifted = (uint64_t)(day + 719468), era = shifted / 146097,
           day_of_era = shifted % 146097;
  uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  uint64_t month_from_march = (5 * day_of_year + 2) / 153;
  uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  put_number(out, year_of_era + era * 400 + (month <= 2), 4);
  put_text(out, "-");
  put_number(out, month, 2);
  put_text(out, "-");
  put_number(out, day_of_year - (153 * month_from_march + 2) / 5 + 1, 2);
}

static void put_time(output *out, int64_t time_ms) {
  uint64_t in_day_ms = (uint64_t)(time_ms % DAY_MS);
  put_date(out, time_ms / DAY_MS);
  put_text(out, "T");
  put_number(out, in_day_ms / HOUR_MS, 2);
  put_text(out, ":");
  put_number(out, in_day_ms / MINUTE_MS % 60, 2);
  put_text(out, ":");
  put_number(out, in_day_ms / SECOND_MS % 60, 2);
  put_text(out, ".");
  put_number(out, in_day_ms % SECOND_MS, 3);
  put_text(out, "Z");
}

static void put_page(output *out, uint64_t *draw, bool decisive) {
  static const char *const prices[] = {"/pricing", "/pricing/enterprise", "/pricing/compare",
                                       "/pricing#faq"};
  static const char *const others[] = {"/",
                                       "/product",
                                       "/product/integrations",
                                       "/docs/getting-started",
                                       "/blog/pricing-a-press-line",
                                       "/customers",
                                       "/company/jobs",
                                       "/security"};
  bool priced = decisive || chance(draw, 12);
  put_text(out, "{\"path\":\"");
  put_text(out, priced ? prices[below(draw, 4)] : others[below(draw, 8)]);
  put_text(out, "\",\"seconds\":");
  put_number(out, 2 + below(draw, 400), 1);
  put_text(out, "}");
}

/* Country and size are told by most forms, budget by some: what is not told stands in no field. */
static void put_form(output *out, const workload *work, const event *happened, uint64_t *draw) {
  static const char *const forms[] = {"newsletter", "whitepaper", "contact", "newsletter"};
  static const char *const titles[] = {
      "Head of Purchasing", "Leiterin Einkauf", "Engineer", "CEO", "Production Planner", "Buyer",
      "IT Manager",         "Student"};
  bool demo = happened->decisive || chance(draw, 8);
  put_text(out, "{\"form\":\"");
  put_text(out, demo ? "demo" : forms[below(draw, 4)]);
  put_text(out, "\",\"title\":\"");
  put_text(out, titles[below(draw, 8)]);
  put_text(out, "\"");
  if (demo || chance(draw, 60)) {
    put_text(out, ",\"country\":\"");
    put_text(out, country_of(work, happened->lead));
    put_text(out, "\"");
  }
  if (chance(draw, demo ? 90 : 40)) {
    put_text(out, ",\"employees\":");
    put_number(out, employees_of(work, happened->lead), 1);
  }
  if (chance(draw, demo ? 50 : 10)) {
    put_text(out, ",\"budget\":");
    put_number(out, 1000 * (1 + below(draw, 200)), 1);
  }
  put_text(out, "}");
}

static void put_mail(output *out, uint64_t *draw, bool clicked) {
  static const char *const campaigns[] = {"winter-outlook", "press-line-launch", "fair-hannover",
                                          "references"};
  static const char *const links[] = {"https://example.com/product", "https://example.com/pricing",
                                      "https://example.com/webinar/12",
                                      "https://example.com/customers"};
  put_text(out, "{\"campaign\":\"");
  put_text(out, campaigns[below(draw, 4)]);
  if (clicked) {
    put_text(out, "\",\"link\":\"");
    put_text(out, links[below(draw, 4)]);
  }
  put_text(out, "\"}");
}

static void put_payload(output *out, const workload *work, const event *happened) {
  static const char *const reasons[] = {"no_budget", "wrong_contact", "not_now", "wrong_fit"};
  uint64_t draw = work->seed ^ (UINT64_C(0xa0761d6478bd642f) * (happened->order + UINT64_C(1)));
  switch ((event_kind)happened->kind) {
    case PAGE_VIEWED: put_page(out, &draw, happened->decisive); break;
    case FORM_SUBMITTED: put_form(out, work, happened, &draw); break;
    case EMAIL_OPENED: put_mail(out, &draw, false); break;
    case EMAIL_CLICKED: put_mail(out, &draw, true); break;
    case WEBINAR_ATTENDED:
      put_text(out, "{\"minutes\":");
      put_number(out, 1 + below(&draw, 60), 1);
      put_text(out, "}");
      break;
    case LEAD_ACCEPTED: put_text(out, "{}"); break;
    case LEAD_REJECTED:
      put_text(out, "{\"reason\":\"");
      put_text(out, reasons[below(&draw, 4)]);
      put_text(out, "\"}");
      break;
  }
}

static void put_event(output *out, const workload *work, const event *happened, uint32_t number) {
  put_text(out, "{\"specversion\":\"1.0\",\"id\":\"e-");
  put_number(out, number, 8);
  put_text(out, "\",\"source\":\"");
  put_text(out, kinds[happened->kind].source);
  put_text(out, "\",\"type\":\"");
  put_text(out, kinds[happened->kind].type);
  put_text(out, "\",\"time\":\"");
  put_time(out, happened->time_ms);
  put_text(out, "\",\"account\":\"a-");
  put_number(out, happened->lead, 7);
  if (kinds[happened->kind].by_person) {
    put_text(out, "\",\"person\":\"p-");
    put_number(out, happened->lead, 7);
    put_text(out, "-");
    put_number(out, happened->person + 1u, 1);
  }
  put_text(out, "\",\"data\":");
  put_payload(out, work, happened);
  put_text(out, "}\n");
}

static void write_feed(const workload *work) {
  static output out; /* a megabyte is much for a stack */
  for (uint32_t i = 0; i < work->count; i++) {
    put_event(&out, work, &work->events[i], i + 1);
    if (out.used > sizeof out.bytes - LINE_BYTES_MAX) flush_output(&out);
  }
  flush_output(&out);
}

/* --- the command line ------------------------------------------------------------------------ */

static int usage(void) {
  fprintf(stderr,
          "usage: generate [--events N] [--leads N] [--seed N] > feed.ndjson\n"
          "       without options: 1000000 events, a lead for ten of them, seed 1\n");
  return 2;
}

static bool read_number(const char *text, uint64_t limit, uint64_t *number) {
  char *end;
  if (*text < '0' || *text > '9') return false;
  *number = strtoull(text, &end, 10);
  return *end == '\0' && *number <= limit;
}

int main(int argument_count, char **arguments) {
  static const struct option options[] = {{"events", required_argument, NULL, 'e'},
                                          {"leads", required_argument, NULL, 'l'},
                                          {"seed", required_argument, NULL, 's'},
                                          {0}};
  uint64_t events = 1000000, leads = 0, seed = 1;
  int option;
  while ((option = getopt_long(argument_count, arguments, "", options, NULL)) != -1) {
    bool read = option == 'e'   ? read_number(optarg, UINT32_MAX, &events)
                : option == 'l' ? read_number(optarg, 9999999, &leads)
                : option == 's' ? read_number(optarg, UINT64_MAX, &seed)
                                : false;
    if (!read) return usage();
  }
  if (optind != argument_count) return usage();
  if (leads == 0) leads = events / 10 > 0 ? events / 10 : 1;

  workload work = {
      .room = (uint32_t)events, .leads = (uint32_t)leads, .seed = seed, .random = seed};
  work.events = calloc(events > 0 ? events : 1, sizeof *work.events);
  if (!work.events) {
    fprintf(stderr, "generate: no memory for %" PRIu64 " events\n", events);
    return 2;
  }
  bool made = make_workload(&work);
  if (made) {
    qsort(work.events, work.count, sizeof *work.events, by_time);
    write_feed(&work);
  } else {
    fprintf(stderr, "generate: %" PRIu64 " events are too few for %" PRIu64 " leads\n", events,
            leads);
  }
  free(work.events);
  return made ? 0 : 2;
}
