package manifest

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// generator makes manifests: the complete one with a few things changed in it,
// most of them next to a border of the schema.
type generator struct {
	r      *rand.Rand
	base   any
	schema map[string]map[string]any // by the pattern of the place
}

func newGenerator(t *testing.T, seed uint64) *generator {
	g := &generator{r: rand.New(rand.NewPCG(seed, 7)), schema: schemaPlaces()}
	if err := json.Unmarshal([]byte(complete(t)), &g.base); err != nil {
		t.Fatal(err)
	}
	return g
}

// copied is a value with nothing of it shared.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for key, item := range v {
			c[key] = copied(item)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, item := range v {
			c[i] = copied(item)
		}
		return c
	}
	return v
}

// manifest returns the next manifest.
func (g *generator) manifest() []byte {
	root := copied(g.base).(map[string]any)
	for range g.r.IntN(4) {
		switch g.r.IntN(10) {
		case 0:
			g.remove(root)
		case 1:
			g.add(root)
		case 2:
			g.grow(root)
		default:
			g.set(root)
		}
	}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err)
	}
	return text
}

// object returns a random object of the manifest and the pattern of its place.
func (g *generator) object(root map[string]any) (map[string]any, string) {
	object, pattern := root, ""
	for g.r.IntN(3) > 0 {
		var next []string
		for _, key := range sortedKeys(object) {
			if at := pattern + "/" + key; g.schema[at] != nil || g.schema[at+"/*"] != nil {
				next = append(next, key)
			}
		}
		if len(next) == 0 {
			break
		}
		key := next[g.r.IntN(len(next))]
		switch v := object[key].(type) {
		case map[string]any:
			if g.schema[pattern+"/"+key]["properties"] != nil {
				object, pattern = v, pattern+"/"+key
			}
		case []any:
			if len(v) > 0 {
				if item, ok := v[g.r.IntN(len(v))].(map[string]any); ok && g.schema[pattern+"/"+key+"/*"] != nil {
					object, pattern = item, pattern+"/"+key+"/*"
				}
			}
		}
	}
	return object, pattern
}

// keys returns the documented keys of the objects at a pattern.
func (g *generator) keys(pattern string) []string {
	properties, _ := g.schema[pattern]["properties"].(map[string]any)
	return sortedKeys(properties)
}

func (g *generator) remove(root map[string]any) {
	object, _ := g.object(root)
	if keys := sortedKeys(object); len(keys) > 0 {
		delete(object, keys[g.r.IntN(len(keys))])
	}
}

// add puts a field there that nobody documented.
func (g *generator) add(root map[string]any) {
	object, pattern := g.object(root)
	keys := append(g.keys(pattern), "homepage", "ünïcödé", "", "a/b~c", "//", "retries", "memory_limit")
	key := keys[g.r.IntN(len(keys))]
	if g.r.IntN(2) == 0 {
		key = strings.ReplaceAll(strings.ToUpper(key), "_", "-")
	}
	if _, there := object[key]; !there {
		object[key] = g.anything()
	}
}

// grow appends an item to a list, or to the list of a new panel.
func (g *generator) grow(root map[string]any) {
	lists := []string{"capabilities_required", "terminal_panels", "navigation", "routes", "dashboard_widgets"}
	object, key, pattern := root, lists[g.r.IntN(len(lists))], ""
	if panels, ok := root["terminal_panels"].([]any); ok && len(panels) > 0 && g.r.IntN(2) == 0 {
		if panel, ok := panels[g.r.IntN(len(panels))].(map[string]any); ok {
			object, key, pattern = panel, []string{"columns", "actions"}[g.r.IntN(2)], "/terminal_panels/*"
		}
	}
	list, ok := object[key].([]any)
	if !ok && object[key] != nil {
		return
	}
	object[key] = append(slices.Clone(list), g.value(pattern+"/"+key+"/*"))
}

// set gives a field of the schema another value.
func (g *generator) set(root map[string]any) {
	object, pattern := g.object(root)
	keys := g.keys(pattern)
	if len(keys) == 0 {
		return
	}
	key := keys[g.r.IntN(len(keys))]
	if pattern == "" && key == "$schema" && g.r.IntN(4) > 0 {
		return
	}
	object[key] = g.value(pattern + "/" + key)
}

// value returns a value for a place: mostly one of its type, often next to a
// border of what it takes.
func (g *generator) value(pattern string) any {
	node := g.schema[pattern]
	if node == nil || g.r.IntN(6) == 0 {
		return g.anything()
	}
	kinds, ok := node["type"].([]any)
	if !ok {
		kinds = []any{node["type"]}
	}
	switch kinds[g.r.IntN(len(kinds))] {
	case "string":
		return g.text(pattern, node)
	case "integer":
		return g.number(node, 1)
	case "number":
		return g.number(node, 0.05)
	case "array":
		list := []any{}
		for range g.r.IntN(4) {
			list = append(list, g.value(pattern+"/*"))
		}
		return list
	case "object":
		object := map[string]any{}
		for _, key := range g.keys(pattern) {
			if required := listOf(node["required"]); g.r.IntN(3) > 0 || slices.Contains(required, any(key)) && g.r.IntN(8) > 0 {
				object[key] = g.value(pattern + "/" + key)
			}
		}
		return object
	}
	return nil
}

// spellings are ways to write numbers, some of them whole.
var spellings = []string{"0", "-0", "-1", "8080.0", "8.08e3", "80800e-1", "8080.5", "0.5e1", "1E+2", "1e-1", "4294967296.0", "2.68435456e8", "67108864.5", "1e308", "9007199254740993"}

// number returns a number next to one of the node's bounds, or oddly spelled.
func (g *generator) number(node map[string]any, step float64) any {
	var bounds []float64
	for _, key := range []string{"minimum", "maximum", "default"} {
		if b, ok := node[key].(json.Number); ok {
			f, _ := b.Float64()
			bounds = append(bounds, f)
		}
	}
	if len(bounds) == 0 || g.r.IntN(5) == 0 {
		return json.Number(spellings[g.r.IntN(len(spellings))])
	}
	n := bounds[g.r.IntN(len(bounds))] + step*float64(g.r.IntN(3)-1)
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if len(text) > 12 { // 0.1+0.05: what a double cannot hold is no border
		text = strconv.FormatFloat(n, 'f', 2, 64)
	}
	if g.r.IntN(4) == 0 && !strings.Contains(text, ".") {
		text = g.respelt(text)
	}
	return json.Number(text)
}

// respelt writes a whole number in another way, with a fraction or an exponent.
func (g *generator) respelt(text string) string {
	sign, body := "", strings.TrimPrefix(text, "-")
	if body != text {
		sign = "-"
	}
	last, way := len(body)-1, g.r.IntN(6)
	if body == "0" { // no digit may follow it
		way = 0
	}
	switch way {
	case 0:
		return text + []string{".0", ".00", "e0", "E+0", "." + strings.Repeat("0", 40)}[g.r.IntN(5)]
	case 1: // 80800e-1
		zeros := 1 + g.r.IntN(30)
		return text + strings.Repeat("0", zeros) + "e-" + strconv.Itoa(zeros)
	case 2: // 0.08080e5
		zeros := g.r.IntN(3)
		return sign + "0." + strings.Repeat("0", zeros) + body + "e" + strconv.Itoa(zeros+len(body))
	case 3: // 8.08e3
		if digits := strings.TrimRight(body[1:], "0"); digits != "" {
			return sign + body[:1] + "." + digits + "E" + strconv.Itoa(last)
		}
	case 4: // 808e1, which is whole, and 8081e-1, which is not
		if strings.HasSuffix(body, "0") && last > 0 {
			return sign + body[:last] + "e+1"
		}
		return text + "e-1"
	}
	return text + ".0e0"
}

// samples are texts that some place takes.
var samples = []string{
	"", " ", "*", "abc", "ab", "a--", "a1-", "my-plugin", "My_Plugin", "1abc", "-abc", "abc\n", "ab\u0000", "éclair", "plügin", "1.0.0", "1.0", "01.2.3", "v1.0.0",
	"1.0.0-rc1", "1.0.0\n", "١.0.0", "1..0", "/", "/admin/x", "admin/x", "/admin/{id}/x", "//x", "\n/x", "http://localhost:8080/x", "POST", "post", "PUT", "DELETE",
	"PATCH", "GET", "primary", "danger", "default", "Danger", "red", "Bell", "bell", "read_devices", "256MB", "8080", "0.5", "30s", "true", "120px", "😀😀😀", "dist/index.js",
}

// text returns a text: of a length next to the node's bounds, one of its
// values, or a sample.
func (g *generator) text(pattern string, node map[string]any) any {
	if values := listOf(node["enum"]); len(values) > 0 && g.r.IntN(3) > 0 {
		return values[g.r.IntN(len(values))]
	}
	if values := listOf(node["examples"]); len(values) > 0 && g.r.IntN(2) == 0 {
		return values[g.r.IntN(len(values))]
	}
	var lengths []int
	for _, key := range []string{"minLength", "maxLength"} {
		if b, ok := node[key].(json.Number); ok {
			n, _ := strconv.Atoi(b.String())
			lengths = append(lengths, n)
		}
	}
	if len(lengths) > 0 && g.r.IntN(3) > 0 {
		n := lengths[g.r.IntN(len(lengths))] + g.r.IntN(3) - 1
		letter := "a"
		if pattern != "/name" || g.r.IntN(4) == 0 {
			letter = []string{"a", "ü", "😀", "e\u0301"}[g.r.IntN(4)]
		}
		return strings.Repeat(letter, max(0, n))
	}
	return samples[g.r.IntN(len(samples))]
}

// anything returns a value of any type.
func (g *generator) anything() any {
	switch g.r.IntN(9) {
	case 0:
		return nil
	case 1:
		return g.r.IntN(2) == 0
	case 2:
		return json.Number(spellings[g.r.IntN(len(spellings))])
	case 3:
		return []any{}
	case 4:
		return []any{g.anything()}
	case 5:
		return map[string]any{}
	case 6:
		return map[string]any{samples[g.r.IntN(len(samples))]: g.anything(), "name": g.anything()}
	}
	return samples[g.r.IntN(len(samples))]
}
