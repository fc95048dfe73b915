/* holidays.c - target: an iCalendar file, as the holidays of a calendar that deadlines count by. */
#include "tests/fuzz/play.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

enum { EVENTS = 4 };

static const char office[] =
    "zone \"Europe/Berlin\"\n"
    "party desk  party sales\n"
    "calendar office { mon to fri 09:00 to 17:00  sat 22:00 to 06:00  holidays \"office.ics\" }\n"
    "event ask by buyer\n"
    "event yes by sales\n"
    "stages { new owned by desk, opened by (ask)  sold owned by sales, won }\n"
    "agreement \"A\" version 1 between desk and sales in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  hand new from desk to sales accepted by yes to sold\n"
    "    respond within 30 hours in office { at 100% remind sales }\n"
    "}\n";

void fuzz_holidays(const uint8_t *bytes, size_t length) {
  treaty_text file = {length ? (const char *)bytes : "", length};
  world world = {.main = world_text(office), .other = file};
  treaty_program *program = world_load(&world);
  if (!program) return;
  treaty_program_dump(program);
  play_by_dice(program, length, EVENTS);
  treaty_program_free(program);
}
