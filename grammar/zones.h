/* zones.h - names of time zones, for "Did you mean": Z("Area/City"). Which there are is the tz
 * database's of the machine; these are those of its zone.tab. */
#ifndef TR_ZONES_H
#define TR_ZONES_H

#define TR_ZONES(Z) \
  Z("Africa/Abidjan") Z("Africa/Accra") Z("Africa/Addis_Ababa") Z("Africa/Algiers") \
  Z("Africa/Asmara") Z("Africa/Bamako") Z("Africa/Bangui") Z("Africa/Banjul") Z("Africa/Bissau") \
  Z("Africa/Blantyre") Z("Africa/Brazzaville") Z("Africa/Bujumbura") Z("Africa/Cairo") \
  Z("Africa/Casablanca") Z("Africa/Ceuta") Z("Africa/Conakry") Z("Africa/Dakar") \
  Z("Africa/Dar_es_Salaam") Z("Africa/Djibouti") Z("Africa/Douala") Z("Africa/El_Aaiun") \
  Z("Africa/Freetown") Z("Africa/Gaborone") Z("Africa/Harare") Z("Africa/Johannesburg") \
  Z("Africa/Juba") Z("Africa/Kampala") Z("Africa/Khartoum") Z("Africa/Kigali") \
  Z("Africa/Kinshasa") Z("Africa/Lagos") Z("Africa/Libreville") Z("Africa/Lome") \
  Z("Africa/Luanda") Z("Africa/Lubumbashi") Z("Africa/Lusaka") Z("Africa/Malabo") \
  Z("Africa/Maputo") Z("Africa/Maseru") Z("Africa/Mbabane") Z("Africa/Mogadishu") \
  Z("Africa/Monrovia") Z("Africa/Nairobi") Z("Africa/Ndjamena") Z("Africa/Niamey") \
  Z("Africa/Nouakchott") Z("Africa/Ouagadougou") Z("Africa/Porto-Novo") Z("Africa/Sao_Tome") \
  Z("Africa/Tripoli") Z("Africa/Tunis") Z("Africa/Windhoek") Z("America/Adak") \
  Z("America/Anchorage") Z("America/Anguilla") Z("America/Antigua") Z("America/Araguaina") \
  Z("America/Argentina/Buenos_Aires") Z("America/Argentina/Catamarca") \
  Z("America/Argentina/Cordoba") Z("America/Argentina/Jujuy") Z("America/Argentina/La_Rioja") \
  Z("America/Argentina/Mendoza") Z("America/Argentina/Rio_Gallegos") Z("America/Argentina/Salta") \
  Z("America/Argentina/San_Juan") Z("America/Argentina/San_Luis") Z("America/Argentina/Tucuman") \
  Z("America/Argentina/Ushuaia") Z("America/Aruba") Z("America/Asuncion") Z("America/Atikokan") \
  Z("America/Bahia") Z("America/Bahia_Banderas") Z("America/Barbados") Z("America/Belem") \
  Z("America/Belize") Z("America/Blanc-Sablon") Z("America/Boa_Vista") Z("America/Bogota") \
  Z("America/Boise") Z("America/Cambridge_Bay") Z("America/Campo_Grande") Z("America/Cancun") \
  Z("America/Caracas") Z("America/Cayenne") Z("America/Cayman") Z("America/Chicago") \
  Z("America/Chihuahua") Z("America/Ciudad_Juarez") Z("America/Costa_Rica") \
  Z("America/Coyhaique") Z("America/Creston") Z("America/Cuiaba") Z("America/Curacao") \
  Z("America/Danmarkshavn") Z("America/Dawson") Z("America/Dawson_Creek") Z("America/Denver") \
  Z("America/Detroit") Z("America/Dominica") Z("America/Edmonton") Z("America/Eirunepe") \
  Z("America/El_Salvador") Z("America/Fort_Nelson") Z("America/Fortaleza") Z("America/Glace_Bay") \
  Z("America/Goose_Bay") Z("America/Grand_Turk") Z("America/Grenada") Z("America/Guadeloupe") \
  Z("America/Guatemala") Z("America/Guayaquil") Z("America/Guyana") Z("America/Halifax") \
  Z("America/Havana") Z("America/Hermosillo") Z("America/Indiana/Indianapolis") \
  Z("America/Indiana/Knox") Z("America/Indiana/Marengo") Z("America/Indiana/Petersburg") \
  Z("America/Indiana/Tell_City") Z("America/Indiana/Vevay") Z("America/Indiana/Vincennes") \
  Z("America/Indiana/Winamac") Z("America/Inuvik") Z("America/Iqaluit") Z("America/Jamaica") \
  Z("America/Juneau") Z("America/Kentucky/Louisville") Z("America/Kentucky/Monticello") \
  Z("America/Kralendijk") Z("America/La_Paz") Z("America/Lima") Z("America/Los_Angeles") \
  Z("America/Lower_Princes") Z("America/Maceio") Z("America/Managua") Z("America/Manaus") \
  Z("America/Marigot") Z("America/Martinique") Z("America/Matamoros") Z("America/Mazatlan") \
  Z("America/Menominee") Z("America/Merida") Z("America/Metlakatla") Z("America/Mexico_City") \
  Z("America/Miquelon") Z("America/Moncton") Z("America/Monterrey") Z("America/Montevideo") \
  Z("America/Montserrat") Z("America/Nassau") Z("America/New_York") Z("America/Nome") \
  Z("America/Noronha") Z("America/North_Dakota/Beulah") Z("America/North_Dakota/Center") \
  Z("America/North_Dakota/New_Salem") Z("America/Nuuk") Z("America/Ojinaga") Z("America/Panama") \
  Z("America/Paramaribo") Z("America/Phoenix") Z("America/Port-au-Prince") \
  Z("America/Port_of_Spain") Z("America/Porto_Velho") Z("America/Puerto_Rico") \
  Z("America/Punta_Arenas") Z("America/Rankin_Inlet") Z("America/Recife") Z("America/Regina") \
  Z("America/Resolute") Z("America/Rio_Branco") Z("America/Santarem") Z("America/Santiago") \
  Z("America/Santo_Domingo") Z("America/Sao_Paulo") Z("America/Scoresbysund") Z("America/Sitka") \
  Z("America/St_Barthelemy") Z("America/St_Johns") Z("America/St_Kitts") Z("America/St_Lucia") \
  Z("America/St_Thomas") Z("America/St_Vincent") Z("America/Swift_Current") \
  Z("America/Tegucigalpa") Z("America/Thule") Z("America/Tijuana") Z("America/Toronto") \
  Z("America/Tortola") Z("America/Vancouver") Z("America/Whitehorse") Z("America/Winnipeg") \
  Z("America/Yakutat") Z("Antarctica/Casey") Z("Antarctica/Davis") Z("Antarctica/DumontDUrville") \
  Z("Antarctica/Macquarie") Z("Antarctica/Mawson") Z("Antarctica/McMurdo") Z("Antarctica/Palmer") \
  Z("Antarctica/Rothera") Z("Antarctica/Syowa") Z("Antarctica/Troll") Z("Antarctica/Vostok") \
  Z("Arctic/Longyearbyen") Z("Asia/Aden") Z("Asia/Almaty") Z("Asia/Amman") Z("Asia/Anadyr") \
  Z("Asia/Aqtau") Z("Asia/Aqtobe") Z("Asia/Ashgabat") Z("Asia/Atyrau") Z("Asia/Baghdad") \
  Z("Asia/Bahrain") Z("Asia/Baku") Z("Asia/Bangkok") Z("Asia/Barnaul") Z("Asia/Beirut") \
  Z("Asia/Bishkek") Z("Asia/Brunei") Z("Asia/Chita") Z("Asia/Colombo") Z("Asia/Damascus") \
  Z("Asia/Dhaka") Z("Asia/Dili") Z("Asia/Dubai") Z("Asia/Dushanbe") Z("Asia/Famagusta") \
  Z("Asia/Gaza") Z("Asia/Hebron") Z("Asia/Ho_Chi_Minh") Z("Asia/Hong_Kong") Z("Asia/Hovd") \
  Z("Asia/Irkutsk") Z("Asia/Jakarta") Z("Asia/Jayapura") Z("Asia/Jerusalem") Z("Asia/Kabul") \
  Z("Asia/Kamchatka") Z("Asia/Karachi") Z("Asia/Kathmandu") Z("Asia/Khandyga") Z("Asia/Kolkata") \
  Z("Asia/Krasnoyarsk") Z("Asia/Kuala_Lumpur") Z("Asia/Kuching") Z("Asia/Kuwait") Z("Asia/Macau") \
  Z("Asia/Magadan") Z("Asia/Makassar") Z("Asia/Manila") Z("Asia/Muscat") Z("Asia/Nicosia") \
  Z("Asia/Novokuznetsk") Z("Asia/Novosibirsk") Z("Asia/Omsk") Z("Asia/Oral") Z("Asia/Phnom_Penh") \
  Z("Asia/Pontianak") Z("Asia/Pyongyang") Z("Asia/Qatar") Z("Asia/Qostanay") Z("Asia/Qyzylorda") \
  Z("Asia/Riyadh") Z("Asia/Sakhalin") Z("Asia/Samarkand") Z("Asia/Seoul") Z("Asia/Shanghai") \
  Z("Asia/Singapore") Z("Asia/Srednekolymsk") Z("Asia/Taipei") Z("Asia/Tashkent") \
  Z("Asia/Tbilisi") Z("Asia/Tehran") Z("Asia/Thimphu") Z("Asia/Tokyo") Z("Asia/Tomsk") \
  Z("Asia/Ulaanbaatar") Z("Asia/Urumqi") Z("Asia/Ust-Nera") Z("Asia/Vientiane") \
  Z("Asia/Vladivostok") Z("Asia/Yakutsk") Z("Asia/Yangon") Z("Asia/Yekaterinburg") \
  Z("Asia/Yerevan") Z("Atlantic/Azores") Z("Atlantic/Bermuda") Z("Atlantic/Canary") \
  Z("Atlantic/Cape_Verde") Z("Atlantic/Faroe") Z("Atlantic/Madeira") Z("Atlantic/Reykjavik") \
  Z("Atlantic/South_Georgia") Z("Atlantic/St_Helena") Z("Atlantic/Stanley") \
  Z("Australia/Adelaide") Z("Australia/Brisbane") Z("Australia/Broken_Hill") \
  Z("Australia/Darwin") Z("Australia/Eucla") Z("Australia/Hobart") Z("Australia/Lindeman") \
  Z("Australia/Lord_Howe") Z("Australia/Melbourne") Z("Australia/Perth") Z("Australia/Sydney") \
  Z("Europe/Amsterdam") Z("Europe/Andorra") Z("Europe/Astrakhan") Z("Europe/Athens") \
  Z("Europe/Belgrade") Z("Europe/Berlin") Z("Europe/Bratislava") Z("Europe/Brussels") \
  Z("Europe/Bucharest") Z("Europe/Budapest") Z("Europe/Busingen") Z("Europe/Chisinau") \
  Z("Europe/Copenhagen") Z("Europe/Dublin") Z("Europe/Gibraltar") Z("Europe/Guernsey") \
  Z("Europe/Helsinki") Z("Europe/Isle_of_Man") Z("Europe/Istanbul") Z("Europe/Jersey") \
  Z("Europe/Kaliningrad") Z("Europe/Kirov") Z("Europe/Kyiv") Z("Europe/Lisbon") \
  Z("Europe/Ljubljana") Z("Europe/London") Z("Europe/Luxembourg") Z("Europe/Madrid") \
  Z("Europe/Malta") Z("Europe/Mariehamn") Z("Europe/Minsk") Z("Europe/Monaco") Z("Europe/Moscow") \
  Z("Europe/Oslo") Z("Europe/Paris") Z("Europe/Podgorica") Z("Europe/Prague") Z("Europe/Riga") \
  Z("Europe/Rome") Z("Europe/Samara") Z("Europe/San_Marino") Z("Europe/Sarajevo") \
  Z("Europe/Saratov") Z("Europe/Simferopol") Z("Europe/Skopje") Z("Europe/Sofia") \
  Z("Europe/Stockholm") Z("Europe/Tallinn") Z("Europe/Tirane") Z("Europe/Ulyanovsk") \
  Z("Europe/Vaduz") Z("Europe/Vatican") Z("Europe/Vienna") Z("Europe/Vilnius") \
  Z("Europe/Volgograd") Z("Europe/Warsaw") Z("Europe/Zagreb") Z("Europe/Zurich") \
  Z("Indian/Antananarivo") Z("Indian/Chagos") Z("Indian/Christmas") Z("Indian/Cocos") \
  Z("Indian/Comoro") Z("Indian/Kerguelen") Z("Indian/Mahe") Z("Indian/Maldives") \
  Z("Indian/Mauritius") Z("Indian/Mayotte") Z("Indian/Reunion") Z("Pacific/Apia") \
  Z("Pacific/Auckland") Z("Pacific/Bougainville") Z("Pacific/Chatham") Z("Pacific/Chuuk") \
  Z("Pacific/Easter") Z("Pacific/Efate") Z("Pacific/Fakaofo") Z("Pacific/Fiji") \
  Z("Pacific/Funafuti") Z("Pacific/Galapagos") Z("Pacific/Gambier") Z("Pacific/Guadalcanal") \
  Z("Pacific/Guam") Z("Pacific/Honolulu") Z("Pacific/Kanton") Z("Pacific/Kiritimati") \
  Z("Pacific/Kosrae") Z("Pacific/Kwajalein") Z("Pacific/Majuro") Z("Pacific/Marquesas") \
  Z("Pacific/Midway") Z("Pacific/Nauru") Z("Pacific/Niue") Z("Pacific/Norfolk") \
  Z("Pacific/Noumea") Z("Pacific/Pago_Pago") Z("Pacific/Palau") Z("Pacific/Pitcairn") \
  Z("Pacific/Pohnpei") Z("Pacific/Port_Moresby") Z("Pacific/Rarotonga") Z("Pacific/Saipan") \
  Z("Pacific/Tahiti") Z("Pacific/Tarawa") Z("Pacific/Tongatapu") Z("Pacific/Wake") \
  Z("Pacific/Wallis") Z("UTC")

#endif
