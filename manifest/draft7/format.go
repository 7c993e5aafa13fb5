package draft7

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// format returns what judges texts of a format; nil for one that is not known,
// which judges nothing. Beyond those of the draft it knows uuid, duration,
// period and semver.
func (c *compiler) format(name string) func(string) bool {
	switch name {
	case "regex":
		return func(text string) bool { _, err := c.engine(text); return err == nil }
	case "uri", "iri":
		return func(text string) bool { u := address(text); return u != nil && u.IsAbs() }
	case "uri-reference", "iri-reference":
		return func(text string) bool { return !strings.Contains(text, `\`) && address(text) != nil }
	case "uri-template":
		return isTemplate
	case "email":
		return isEmail
	case "hostname":
		return isHostname
	case "ipv4":
		return isIPv4
	case "ipv6":
		return isIPv6
	case "date":
		return isDate
	case "time":
		return isTime
	case "date-time":
		return isDateTime
	case "duration":
		return isDuration
	case "period":
		return isPeriod
	case "json-pointer":
		return jsonPointer.matches
	case "relative-json-pointer":
		return relativePointer.matches
	case "uuid":
		return uuid.matches
	case "semver":
		return semver.matches
	}
	return nil
}

// expression is a regular expression that is compiled when it is first needed.
type expression struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

func (x *expression) compiled() *regexp.Regexp {
	x.once.Do(func() { x.re = regexp.MustCompile(x.text) })
	return x.re
}

func (x *expression) matches(text string) bool { return x.compiled().MatchString(text) }

var (
	jsonPointer     = expression{text: `^(?:/(?:[^~/]|~[01])*)*$`}                                  // RFC 6901
	relativePointer = expression{text: `^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~[01])*)*)$`}           // draft-handrews-relative-json-pointer-01
	uuid            = expression{text: `^[[:xdigit:]]{8}(?:-[[:xdigit:]]{4}){3}-[[:xdigit:]]{12}$`} // RFC 4122
	hostname        = expression{text: `^` + label + `(?:\.` + label + `)*$`}                       // RFC 1123
	localPart       = expression{text: "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]*$"}                        // RFC 5322
	clock           = expression{text: `^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[zZ]|([+-])([0-9]{2}):([0-9]{2}))$`}
	duration        = expression{text: `^P(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)$`}
	semver          = expression{text: `^` + counter + `\.` + counter + `\.` + counter +
		`(?:-` + release + `(?:\.` + release + `)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`} // semver.org
)

const (
	label   = `[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?`
	counter = `(?:0|[1-9][0-9]*)`
	release = `(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)`
)

// address reads an address, absolute or not; nil when it is none. Package
// net/url takes any text for the host in brackets.
func address(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	if host := u.Hostname(); strings.Contains(host, ":") && (!strings.Contains(u.Host, "[") || !strings.Contains(u.Host, "]") || !isIPv6(host)) {
		return nil
	}
	return u
}

// isTemplate is RFC 6570 as far as the braces go.
func isTemplate(text string) bool {
	u := address(text)
	if u == nil {
		return false
	}
	for part := range strings.SplitSeq(u.RawPath, "/") {
		part, err := url.PathUnescape(part)
		if err != nil {
			return false
		}
		open := false
		for _, r := range part {
			if r == '{' && open || r == '}' && !open {
				return false
			}
			open = open && r != '}' || r == '{'
		}
		if open {
			return false
		}
	}
	return true
}

func isHostname(text string) bool {
	text = strings.TrimSuffix(text, ".")
	return len(text) <= 253 && hostname.matches(text)
}

// isEmail is RFC 5321 without comments and folding.
func isEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 0 || at > 64 || len(text) > 254 {
		return false
	}
	local, domain := text[:at], text[at+1:]
	if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
		if strings.ContainsAny(local[1:len(local)-1], `\"`) {
			return false
		}
	} else if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") || !localPart.matches(local) {
		return false
	}
	if literal, ok := strings.CutPrefix(domain, "["); ok && strings.HasSuffix(literal, "]") {
		literal = strings.TrimSuffix(literal, "]")
		if six, ok := strings.CutPrefix(literal, "IPv6:"); ok {
			return isIPv6(six)
		}
		return isIPv4(literal)
	}
	return isHostname(domain)
}

func isIPv4(text string) bool {
	ip, err := netip.ParseAddr(text)
	return err == nil && ip.Is4()
}

func isIPv6(text string) bool {
	ip, err := netip.ParseAddr(text)
	return err == nil && ip.Is6() && ip.Zone() == ""
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// isTime is full-time of RFC 3339. Package time has no leap seconds.
func isTime(text string) bool {
	parts := clock.compiled().FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	var n [7]int // the indexes of the parts: hour, minute, second, sign, hours and minutes off
	for i, part := range parts[1:] {
		n[i+1], _ = strconv.Atoi(part)
	}
	if n[1] > 23 || n[2] > 59 || n[3] > 60 || n[5] > 23 || n[6] > 59 {
		return false
	}
	const day = 24 * 60
	minute, off := n[1]*60+n[2], n[5]*60+n[6]
	if parts[4] == "+" {
		off = day - off
	}
	return n[3] < 60 || (minute+off)%day == day-1 // a leap second ends the day in UTC
}

func isDateTime(text string) bool {
	return len(text) > 11 && (text[10] == 'T' || text[10] == 't') && isDate(text[:10]) && isTime(text[11:])
}

// isDuration is appendix A of RFC 3339, where a unit may be left out.
func isDuration(text string) bool {
	return duration.matches(text) && text != "P" && !strings.HasSuffix(text, "T")
}

// isPeriod is appendix A of RFC 3339: start and end, one of which may be a
// duration.
func isPeriod(text string) bool {
	start, end, _ := strings.Cut(text, "/")
	if strings.HasPrefix(start, "P") {
		return isDuration(start) && isDateTime(end)
	}
	return isDateTime(start) && (isDateTime(end) || isDuration(end))
}
