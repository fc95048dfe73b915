// peer.cc - the ten rules of ten_rules.treaty written by hand: what a programmer who needs just
// this job, and no treaty, would run. It is what the engine's speed is measured against, so nothing
// in it is for show and nothing is general: no rule is data, no decision is explained, nothing is
// stored, no event is recognised as a repeat, none may come late.
//
// How each edge of the semantics is met:
//   - order: the feed must be in order of time, else the run ends; equal times keep its order
//   - deadlines: those at T fire before the first event stamped after T, so an answer at the due
//     instant is in time; at one instant by account id in bytes. At the end those up to the last
//     event's instant fire
//   - which lead: an account's first event of a buyer opens its lead, in inquiry; no lead here ever
//     closes, so there is one for each account. An answer that meets no open offer acts on nothing
//   - window: the newest three times are kept; the oldest counts while it is after now - 14 days
//   - scores: each person's points decayed to the newest event, as a double; read, they are rounded
//     to millionths, half to even, as the language does. The double is off by less than a billionth
//     of a point, so a comparison could differ only where a sum lies that near to a rounding edge
//   - unknown: a country or size that no form has told makes the fit unknown, which acts as false
//     does here, since no rule negates it. A field that a form leaves out teaches nothing; what is
//     told later wins
//   - text: "/pricing", "demo" and the countries compare without regard to ASCII case; normal forms
//     do not matter, for all three are ASCII
//   - on the rise: time can only end these conditions, never begin them, so looking after an event
//     is enough, and a lead leaves inquiry once
//   - offer: reminder at 50 %, breach at 100 %, back to nurture at 200 % of the four hours. A
//     breach ends nothing: an answer after it still takes the lead, marked late
//   - office hours, if asked for: Monday to Friday 09:00 to 17:00 on Berlin's wall clock, an offer
//     outside them starts at the next opening; no open hour touches a change of the clocks, which
//     come on Sundays
//   - lines: simdjson On-Demand looks only at what is asked for, so a line broken elsewhere passes;
//     --validate parses each line whole with the DOM instead. What is asked for and is missing or
//     wrong ends the run
//
// Memory holds the state and one chunk of the feed. Decisions go to stdout, a line each: instant,
// account, what, and for a change of stage the new stage. Counts go to stderr.
//
//   peer [--office-hours] [--validate] FEED
#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int64_t HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS;
constexpr int64_t WINDOW_MS = 14 * DAY_MS, HALF_LIFE_MS = 14 * DAY_MS;
constexpr int64_t RESPOND_WITHIN_MS = 4 * HOUR_MS;
constexpr int64_t WARM_MILLIONTHS = 30 * 1000000;
constexpr int64_t EMPLOYEES_MIN = 250;
constexpr double WEBINAR_MINUTES_MIN = 20;
constexpr size_t CHUNK_BYTES = 1 << 20; // stays in the cache between reading and parsing
constexpr size_t OUTPUT_BYTES = 1 << 16;

[[noreturn]] void fail(const char *why, uint64_t line) {
  std::fprintf(stderr, "peer: line %llu: %s\n", static_cast<unsigned long long>(line), why);
  std::exit(2);
}

// --- text and time -------------------------------------------------------------------------------

bool starts_with(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); i++) {
    char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower[i]) return false;
  }
  return true;
}

bool same_text(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && starts_with(text, lower);
}

// Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant's algorithm).
int64_t days_from_date(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = year / 400, year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

void date_from_days(int64_t days, int *year, int *month, int *day) {
  int64_t shifted = days + 719468, era = shifted / 146097, day_of_era = shifted % 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_from_march = (5 * day_of_year + 2) / 153;
  *day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  *month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  *year = static_cast<int>(year_of_era + era * 400 + (*month <= 2));
}

int digits(const char *text, int count) {
  int number = 0;
  for (int i = 0; i < count; i++) number = number * 10 + (text[i] - '0');
  return number;
}

// "2026-01-05T08:15:30.123Z" and nothing else; the date is worked out once a day.
class TimeReader {
 public:
  bool read(std::string_view text, int64_t *time_ms) {
    static constexpr char SHAPE[] = "0000-00-00T00:00:00.000Z";
    if (text.size() != sizeof SHAPE - 1) return false;
    for (size_t i = 0; i < text.size(); i++) {
      bool digit = text[i] >= '0' && text[i] <= '9';
      if (SHAPE[i] == '0' ? !digit : text[i] != SHAPE[i]) return false;
    }
    const char *t = text.data();
    if (std::memcmp(t, date_, sizeof date_) != 0) {
      std::memcpy(date_, t, sizeof date_);
      day_ms_ = days_from_date(digits(t, 4), digits(t + 5, 2), digits(t + 8, 2)) * DAY_MS;
    }
    *time_ms = day_ms_ + digits(t + 11, 2) * HOUR_MS + digits(t + 14, 2) * 60000 +
               digits(t + 17, 2) * 1000 + digits(t + 20, 3);
    return true;
  }

 private:
  char date_[10] = {};
  int64_t day_ms_ = 0;
};

// --- office hours --------------------------------------------------------------------------------

// Berlin is an hour before UTC, and two between the last Sundays of March and October, 01:00 UTC;
// at nine in the morning the day's change is over.
int64_t berlin_offset_ms(int64_t day) {
  int year, month, of_month;
  date_from_days(day, &year, &month, &of_month);
  auto last_sunday = [year](int in_month) {
    int64_t last = days_from_date(year, in_month, 31);
    return last - (last + 4) % 7; // day 0 was a Thursday
  };
  return day >= last_sunday(3) && day < last_sunday(10) ? 2 * HOUR_MS : HOUR_MS;
}

// The instant that has `amount_ms` of open time since `start_ms` behind it.
int64_t office_time_later(int64_t start_ms, int64_t amount_ms) {
  for (int64_t day = start_ms / DAY_MS;; day++) { // an office day lies within one day of UTC
    int64_t weekday = (day + 3) % 7;              // 0 is Monday
    if (weekday > 4) continue;
    int64_t opens_ms = day * DAY_MS + 9 * HOUR_MS - berlin_offset_ms(day);
    int64_t closes_ms = opens_ms + 8 * HOUR_MS;
    int64_t begin_ms = std::max(opens_ms, start_ms);
    if (closes_ms - begin_ms >= amount_ms) return begin_ms + amount_ms;
    amount_ms -= std::max<int64_t>(0, closes_ms - begin_ms);
  }
}

// --- state ---------------------------------------------------------------------------------------

enum class Stage : uint8_t { INQUIRY, MQL, SAL, NURTURE };

// An id. Short ones stand in place: looking elsewhere for them costs a cache miss an event, the
// most that an event costs here. Long ones live as long as the run.
class Id {
 public:
  Id() = default;
  explicit Id(std::string_view text) : length_(static_cast<uint32_t>(text.size())) {
    char *to = here_;
    if (text.size() > sizeof here_) {
      to = static_cast<char *>(std::malloc(text.size()));
      if (!to) fail("no memory for an id", 0);
      std::memcpy(here_, &to, sizeof to);
    }
    std::memcpy(to, text.data(), text.size());
  }

  std::string_view text() const {
    if (length_ <= sizeof here_) return {here_, length_};
    const char *there;
    std::memcpy(&there, here_, sizeof there);
    return {there, length_};
  }

 private:
  uint32_t length_ = 0;
  char here_[20] = {}; // the bytes, or where they are
};

struct Person {
  double points; // engagement as of points_ms
  int64_t points_ms;
  Id id;
  uint32_t next; // the account's next person, or NONE
};

constexpr uint32_t NONE = UINT32_MAX;

struct alignas(64) Account {
  Id id;
  uint32_t persons = NONE; // the first
  int32_t employees = -1;  // negative: unknown
  Stage stage = Stage::INQUIRY;
  bool open = false; // its lead has been opened
  bool offer_open = false;
  bool breached = false;
  bool german_speaking = false; // the country told last is DE, AT or CH
  int64_t pricing_ms[3] = {};   // newest times of pricing_interest, newest first; 0: none
};
static_assert(sizeof(Account) == 64, "an account is one cache line");

// Account ids to their places: open addressing, half full at most, 8 bytes a slot. Half of the hash
// stands in the slot, so another account's bytes are hardly ever looked at.
class AccountMap {
 public:
  AccountMap() : slots_(1 << 12) {}

  Account &find_or_add(std::string_view id) {
    if (accounts_.size() * 2 >= slots_.size()) grow();
    uint64_t hash = hash_of(id);
    uint32_t tag = static_cast<uint32_t>(hash >> 32);
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].place == NONE) {
        slots_[at] = {tag, static_cast<uint32_t>(accounts_.size())};
        accounts_.emplace_back();
        accounts_.back().id = Id(id);
        return accounts_.back();
      }
      if (slots_[at].tag == tag && accounts_[slots_[at].place].id.text() == id) {
        return accounts_[slots_[at].place];
      }
    }
  }

  Account &operator[](uint32_t place) { return accounts_[place]; }
  uint32_t place_of(const Account &account) const {
    return static_cast<uint32_t>(&account - accounts_.data());
  }
  size_t size() const { return accounts_.size(); }

 private:
  struct Slot {
    uint32_t tag = 0, place = NONE;
  };

  static uint64_t hash_of(std::string_view id) {
    uint64_t hash = 0x9e3779b97f4a7c15u ^ id.size();
    const char *bytes = id.data();
    for (size_t left = id.size(); left > 0;) {
      size_t taken = std::min<size_t>(left, 8);
      uint64_t word = 0;
      std::memcpy(&word, bytes, taken);
      // Both halves of the product, so that each bit of the word reaches the low ones.
      unsigned __int128 product = static_cast<unsigned __int128>(hash ^ word) * 0xbf58476d1ce4e5b9u;
      hash = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
      bytes += taken;
      left -= taken;
    }
    return hash;
  }

  void grow() {
    std::vector<Slot> wider(slots_.size() * 2);
    for (uint32_t place = 0; place < accounts_.size(); place++) {
      uint64_t hash = hash_of(accounts_[place].id.text());
      size_t at = hash & (wider.size() - 1);
      while (wider[at].place != NONE) at = (at + 1) & (wider.size() - 1);
      wider[at] = {static_cast<uint32_t>(hash >> 32), place};
    }
    slots_.swap(wider);
  }

  std::vector<Slot> slots_;
  std::vector<Account> accounts_;
};

// --- decisions -----------------------------------------------------------------------------------

enum class Decision { OPENED, PROMOTED, OFFERED, ACCEPTED, REJECTED, REMINDED, BREACHED, RETURNED };

struct DecisionText {
  const char *name, *line;
}; // as counted; as printed behind the account
constexpr DecisionText DECISIONS[] = {
    {"opened", " opened inquiry\n"},     {"promoted", " promoted MQL\n"},
    {"offered", " offered sales\n"},     {"accepted", " accepted SAL\n"},
    {"rejected", " rejected nurture\n"}, {"reminded", " reminded sales\n"},
    {"breached", " breached sales\n"},   {"returned", " returned nurture\n"},
};
constexpr size_t DECISION_KINDS = sizeof DECISIONS / sizeof *DECISIONS;

class DecisionWriter {
 public:
  void write(int64_t time_ms, const Account &account, Decision decision, bool late = false) {
    std::string_view id = account.id.text();
    if (used_ + 128 + id.size() > sizeof bytes_) flush();
    if (128 + id.size() > sizeof bytes_) fail("an account id longer than the output's buffer", 0);
    put_time(time_ms);
    put({" ", 1});
    put(id);
    std::string_view line = DECISIONS[static_cast<size_t>(decision)].line;
    if (late) line.remove_suffix(1);
    put(line);
    if (late) put(" late\n");
    counts[static_cast<size_t>(decision)]++;
    late_count += late;
  }

  void flush() {
    if (std::fwrite(bytes_, 1, used_, stdout) != used_ || std::fflush(stdout) != 0) {
      fail("could not write decisions", 0);
    }
    used_ = 0;
  }

  uint64_t counts[DECISION_KINDS] = {};
  uint64_t late_count = 0;

 private:
  void put(std::string_view text) {
    std::memcpy(bytes_ + used_, text.data(), text.size());
    used_ += text.size();
  }

  void put_digits(char *at, int number, int width) {
    for (int i = width - 1; i >= 0; i--, number /= 10) at[i] = static_cast<char>('0' + number % 10);
  }

  void put_time(int64_t time_ms) {
    if (time_ms / DAY_MS != day_) {
      int year, month, day;
      day_ = time_ms / DAY_MS;
      date_from_days(day_, &year, &month, &day);
      put_digits(text_, year, 4);
      put_digits(text_ + 5, month, 2);
      put_digits(text_ + 8, day, 2);
    }
    int in_day_ms = static_cast<int>(time_ms % DAY_MS);
    put_digits(text_ + 11, in_day_ms / 3600000, 2);
    put_digits(text_ + 14, in_day_ms / 60000 % 60, 2);
    put_digits(text_ + 17, in_day_ms / 1000 % 60, 2);
    put_digits(text_ + 20, in_day_ms % 1000, 3);
    put({text_, 24});
  }

  char bytes_[OUTPUT_BYTES];
  size_t used_ = 0;
  char text_[25] = "0000-00-00T00:00:00.000Z";
  int64_t day_ = -1;
};

// --- the job -------------------------------------------------------------------------------------

struct Event {
  std::string_view type, account, person;
  int64_t time_ms;
};

struct Deadline {
  int64_t due_ms, offered_ms;
  uint32_t account;
  uint8_t quarter; // 2: reminder at 50 %, 4: breach at 100 %, 8: return at 200 %
};

class Desk {
 public:
  explicit Desk(bool office_hours) : office_hours_(office_hours) {}

  // Time passes up to, but without, `until_ms`. A deadline whose offer has ended is passed over.
  void pass_time(int64_t until_ms) {
    while (!deadlines_.empty() && deadlines_.top().due_ms < until_ms) {
      Deadline deadline = deadlines_.top();
      deadlines_.pop();
      if (accounts_[deadline.account].offer_open) take_step(deadline);
    }
  }

  template <class Object>
  void feed(const Event &event, Object &data, uint64_t line) {
    pass_time(event.time_ms);
    Account &account = accounts_.find_or_add(event.account);
    if (event.type == "crm.lead_accepted") return answer(event, account, Stage::SAL);
    if (event.type == "crm.lead_rejected") return answer(event, account, Stage::NURTURE);

    double points = learn(event, account, data, line);
    if (!account.open) {
      account.open = true;
      account.stage = Stage::INQUIRY;
      decisions.write(event.time_ms, account, Decision::OPENED);
    }
    if (!event.person.empty() && points > 0) add_points(event, account, points);
    if (account.stage == Stage::INQUIRY) promote_if_due(event, account);
  }

  size_t account_count() const { return accounts_.size(); }

  DecisionWriter decisions;

 private:
  // What the event teaches, and the points that it is worth: rules 1 to 5, and the facts of 6 and
  // 8.
  template <class Object>
  double learn(const Event &event, Account &account, Object &data, uint64_t line) {
    std::string_view text;
    if (event.type == "web.page_viewed") {
      if (data["path"].get_string().get(text) || !starts_with(text, "/pricing")) return 0;
      account.pricing_ms[2] = account.pricing_ms[1];
      account.pricing_ms[1] = account.pricing_ms[0];
      account.pricing_ms[0] = event.time_ms;
      return 5;
    }
    if (event.type == "email.opened") return 1;
    if (event.type == "email.clicked") return 3;
    if (event.type == "web.form_submitted") {
      bool demo = !data["form"].get_string().get(text) && same_text(text, "demo");
      if (!data["country"].get_string().get(text)) {
        account.german_speaking =
            same_text(text, "de") || same_text(text, "at") || same_text(text, "ch");
      }
      int64_t employees;
      if (!data["employees"].get_int64().get(employees)) {
        account.employees = static_cast<int32_t>(std::clamp<int64_t>(employees, 0, INT32_MAX));
      }
      return demo ? 25 : 0;
    }
    if (event.type == "webinar.attended") {
      double minutes;
      return !data["minutes"].get_double().get(minutes) && minutes >= WEBINAR_MINUTES_MIN ? 15 : 0;
    }
    fail("an event of unknown type", line);
  }

  static double decayed(const Person &person, int64_t now_ms) {
    double half_lives = static_cast<double>(now_ms - person.points_ms) / HALF_LIFE_MS;
    return person.points * std::exp2(-half_lives);
  }

  void add_points(const Event &event, Account &account, double points) {
    uint32_t at = account.persons;
    while (at != NONE && persons_[at].id.text() != event.person) {
      at = persons_[at].next;
    }
    if (at == NONE) {
      at = static_cast<uint32_t>(persons_.size());
      persons_.push_back({0, event.time_ms, Id(event.person), account.persons});
      account.persons = at;
    }
    persons_[at].points = decayed(persons_[at], event.time_ms) + points;
    persons_[at].points_ms = event.time_ms;
  }

  // Rules 6 to 9, the cheap ones first.
  void promote_if_due(const Event &event, Account &account) {
    bool reads_prices = account.pricing_ms[2] > event.time_ms - WINDOW_MS;
    bool fits = account.german_speaking && account.employees >= EMPLOYEES_MIN;
    if (!(reads_prices || fits) || !is_warm(account, event.time_ms)) return;
    account.stage = Stage::MQL;
    decisions.write(event.time_ms, account, Decision::PROMOTED);
    account.offer_open = true;
    decisions.write(event.time_ms, account, Decision::OFFERED);
    set_deadline(account, event.time_ms, 2);
  }

  bool is_warm(const Account &account, int64_t now_ms) const {
    for (uint32_t at = account.persons; at != NONE; at = persons_[at].next) {
      if (std::llrint(decayed(persons_[at], now_ms) * 1e6) >= WARM_MILLIONTHS) return true;
    }
    return false;
  }

  // Rule 10.
  void answer(const Event &event, Account &account, Stage stage) {
    if (!account.offer_open) return;
    account.offer_open = false;
    account.stage = stage;
    Decision decision = stage == Stage::SAL ? Decision::ACCEPTED : Decision::REJECTED;
    decisions.write(event.time_ms, account, decision, account.breached);
  }

  void set_deadline(const Account &account, int64_t offered_ms, uint8_t quarter) {
    int64_t amount_ms = RESPOND_WITHIN_MS / 4 * quarter;
    int64_t due_ms =
        office_hours_ ? office_time_later(offered_ms, amount_ms) : offered_ms + amount_ms;
    deadlines_.push({due_ms, offered_ms, accounts_.place_of(account), quarter});
  }

  void take_step(const Deadline &deadline) {
    Account &account = accounts_[deadline.account];
    if (deadline.quarter == 2) {
      decisions.write(deadline.due_ms, account, Decision::REMINDED);
      set_deadline(account, deadline.offered_ms, 4);
    } else if (deadline.quarter == 4) {
      account.breached = true;
      decisions.write(deadline.due_ms, account, Decision::BREACHED);
      set_deadline(account, deadline.offered_ms, 8);
    } else {
      account.offer_open = false;
      account.stage = Stage::NURTURE;
      decisions.write(deadline.due_ms, account, Decision::RETURNED);
    }
  }

  struct Later {
    AccountMap *accounts;
    bool operator()(const Deadline &a, const Deadline &b) const {
      if (a.due_ms != b.due_ms) return a.due_ms > b.due_ms;
      return (*accounts)[a.account].id.text() > (*accounts)[b.account].id.text();
    }
  };

  bool office_hours_;
  AccountMap accounts_;
  std::vector<Person> persons_;
  std::priority_queue<Deadline, std::vector<Deadline>, Later> deadlines_{Later{&accounts_}};
};

// --- the feed ------------------------------------------------------------------------------------

class Feed {
 public:
  explicit Feed(Desk &desk) : desk_(desk) {}

  template <class Object>
  void take(Object &object) {
    Event event{};
    std::string_view time;
    if (object["type"].get_string().get(event.type) || object["time"].get_string().get(time) ||
        object["account"].get_string().get(event.account)) {
      fail("no type, time or account", lines + 1);
    }
    if (!read_time_.read(time, &event.time_ms)) fail("a time of another form", lines + 1);
    if (event.time_ms < last_ms) fail("earlier than the line before", lines + 1);
    if (object["person"].get_string().get(event.person)) event.person = {};
    Object data;
    if (object["data"].get_object().get(data)) fail("no data", lines + 1);
    desk_.feed(event, data, lines + 1);
    last_ms = event.time_ms;
    lines++;
  }

  // One line; SIMDJSON_PADDING bytes behind it can be read.
  void take_line(const char *line, size_t length, bool validate) {
    if (validate) {
      simdjson::dom::object object;
      if (dom_.parse(line, length, false).get_object().get(object)) {
        fail("no JSON object", lines + 1);
      }
      take(object);
    } else {
      simdjson::ondemand::document document;
      simdjson::ondemand::object object;
      if (on_demand_.iterate(line, length, length + simdjson::SIMDJSON_PADDING).get(document) ||
          document.get_object().get(object)) {
        fail("no JSON object", lines + 1);
      }
      take(object);
    }
  }

  uint64_t lines = 0;
  int64_t last_ms = 0;

 private:
  Desk &desk_;
  TimeReader read_time_;
  simdjson::dom::parser dom_;
  simdjson::ondemand::parser on_demand_;
};

// Reads chunk by chunk; what stands behind the last end of line waits for the next chunk.
void read_feed(std::FILE *file, Feed &feed, bool validate) {
  std::vector<char> buffer(CHUNK_BYTES + simdjson::SIMDJSON_PADDING);
  size_t held = 0;
  for (bool more = true; more;) {
    size_t got = std::fread(buffer.data() + held, 1, CHUNK_BYTES - held, file);
    if (std::ferror(file)) fail("could not read on", feed.lines + 1);
    if (got == 0 && held == CHUNK_BYTES) fail("longer than a chunk", feed.lines + 1);
    held += got;
    more = got > 0;
    if (!more && held > 0) buffer[held++] = '\n';
    const char *line = buffer.data(), *end = line + held;
    while (const char *newline = static_cast<const char *>(std::memchr(line, '\n', end - line))) {
      if (newline > line) feed.take_line(line, newline - line, validate);
      line = newline + 1;
    }
    held = end - line;
    std::memmove(buffer.data(), line, held);
  }
}

void report(const Desk &desk, const Feed &feed, double seconds) {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  std::fprintf(stderr, "events %llu\nleads %zu\n", static_cast<unsigned long long>(feed.lines),
               desk.account_count());
  for (size_t kind = 0; kind < DECISION_KINDS; kind++) {
    std::fprintf(stderr, "%s %llu\n", DECISIONS[kind].name,
                 static_cast<unsigned long long>(desk.decisions.counts[kind]));
  }
  std::fprintf(stderr,
               "answered late %llu\nseconds %.3f\nevents a second %.0f\npeak memory KiB %ld\n",
               static_cast<unsigned long long>(desk.decisions.late_count), seconds,
               static_cast<double>(feed.lines) / seconds, used.ru_maxrss);
}

} // namespace

int main(int argument_count, char **arguments) {
  bool office_hours = false, validate = false;
  const char *path = nullptr;
  for (int i = 1; i < argument_count; i++) {
    std::string_view argument = arguments[i];
    if (argument == "--office-hours")
      office_hours = true;
    else if (argument == "--validate")
      validate = true;
    else if (!path && argument[0] != '-')
      path = arguments[i];
    else
      path = nullptr, i = argument_count;
  }
  if (!path) {
    std::fprintf(stderr, "usage: peer [--office-hours] [--validate] FEED\n");
    return 2;
  }
  std::FILE *file = std::fopen(path, "rb");
  if (!file) {
    std::perror(path);
    return 2;
  }
  std::setvbuf(file, nullptr, _IONBF, 0); // the chunk is the buffer

  auto started = std::chrono::steady_clock::now();
  Desk desk(office_hours);
  Feed feed(desk);
  read_feed(file, feed, validate);
  desk.pass_time(feed.last_ms + 1);
  desk.decisions.flush();
  std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  report(desk, feed, taken.count());
  std::fclose(file);
  return 0;
}
