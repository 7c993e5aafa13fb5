package manifest

import "os"

// completeAgain is the complete manifest for tables, where there is no test to fail.
func completeAgain() string {
	data, err := os.ReadFile("testdata/complete.json")
	if err != nil {
		panic(err)
	}
	return string(data)
}

var bundleDeviations = []deviation{
	{"a bundle that is not there", `"dist/index.js"`, `"dist/remoteEntry.js"`, "NSP3050 70:16", `but "ui/dist/remoteEntry.js" is not there, so that the Controller has nothing to serve; build the bundle, or write the path of its entry file`, ""},
	{"a bundle in another folder", `"dist/index.js"`, `"build/index.js"`, "NSP3050 70:16", `build the bundle, or write "dist/index.js" if that is it`, `"dist/index.js"`},
	{"a misspelt bundle", `"dist/index.js"`, `"dist/indx.js"`, "NSP3050 70:16", `"ui/dist/indx.js" is not there`, `"dist/index.js"`},
	{"a bundle in another case", `"dist/index.js"`, `"Dist/Index.js"`, "NSP3050 70:16", `the file is called "ui/dist/index.js", which is another name on the Controller; write "dist/index.js"`, `"dist/index.js"`},
	{"a bundle that is a folder", `"dist/index.js"`, `"dist"`, "NSP3050 70:16", `"ui/dist" is a folder, the entry is a file`, ""},
	{"a bundle below a file", `"dist/index.js"`, `"dist/index.js/x.js"`, "NSP3050 70:16", "is not there", ""},
	{"a bundle with a query", `"dist/index.js"`, `"dist/index.js?v=1"`, "NSP3050 70:16", "is not there", `"dist/index.js"`},
	{"a bundle with a point and a slash", `"dist/index.js"`, `"./dist//index.js"`, "", "", ""},
	{"a bundle with a slash at its beginning", `"dist/index.js"`, `"/dist/index.js"`, "NSP3051 70:16", `begins with a slash, the Controller takes it relative to the plugin's ui/ directory; write "dist/index.js"`, `"dist/index.js"`},
	{"a bundle with its folder", `"dist/index.js"`, `"ui/dist/index.js"`, "NSP3051 70:16", "begins with ui/, which the Controller puts before it once more", `"dist/index.js"`},
	{"a bundle with slash and folder", `"dist/index.js"`, `"/ui/dist/index.js"`, "NSP3051 70:16", "begins with a slash", `"dist/index.js"`},
	{"a bundle as it is served", `"dist/index.js"`, `"/api/plugins/notice/ui/dist/index.js"`, "NSP3051 70:16", "begins with a slash", `"dist/index.js"`},
	{"a bundle with backslashes", `"dist/index.js"`, `"dist\\index.js"`, "NSP3051 70:16", "holds backslashes", `"dist/index.js"`},
	{"a bundle with two dots that stays inside", `"dist/index.js"`, `"src/../dist/index.js"`, "NSP3051 70:16", `holds ".."`, `"dist/index.js"`},
	{"a bundle relative to another folder", `"dist/index.js"`, `"../ui/dist/index.js"`, "NSP3051 70:16", `holds ".."`, `"dist/index.js"`},
	{"a bundle outside", `"dist/index.js"`, `"../../dist/index.js"`, "NSP3051 70:16", `holds ".."`, `"dist/index.js"`},
	{"a bundle at an address", `"dist/index.js"`, `"https://cdn.example.org/notice/index.js"`, "NSP3051 70:16", "is an address", `"dist/index.js"`},
	{"a bundle on one machine", `"dist/index.js"`, `"C:\\notice\\ui\\dist\\index.js"`, "NSP3051 70:16", "is a path of one machine", `"dist/index.js"`},
	{"a bundle that is only a slash", `"dist/index.js"`, `"/"`, "NSP3051 70:16", "write the path of the bundle's entry file", ""},
	{"a bundle with a slash that is not built", `"dist/index.js"`, `"/dist/remoteEntry.js"`, "NSP3050 70:16; NSP3051 70:16", "is not there", ""},
}

var bundleTrees = []treeDeviation{
	{name: "no folder ui", files: map[string]string{"ui/dist/index.js": gone}, want: "NSP3050 70:16", message: "the plugin has no folder ui/"},
	{name: "ui is a file", files: map[string]string{"ui/dist/index.js": gone, "ui": "x"}, want: "NSP3050 70:16", message: "ui is no folder"},
	{
		name: "no folder ui, and a bundle with its folder", files: map[string]string{"ui/dist/index.js": gone},
		old: `"dist/index.js"`, new: `"ui/dist/index.js"`, want: "NSP3050 70:16", message: "the plugin has no folder ui/",
	},
	{name: "a folder ui inside of ui", files: map[string]string{"ui/ui/index.js": "export {}\n"}, old: `"dist/index.js"`, new: `"ui/index.js"`},
	{
		name: "several bundles of one name", files: map[string]string{"ui/admin/index.js": "export {}\n"},
		old: `"dist/index.js"`, new: `"build/index.js"`, want: "NSP3050 70:16", message: "such as admin/index.js and dist/index.js",
	},
	{
		name: "a bundle among packages of others", files: map[string]string{"ui/dist/index.js": gone, "ui/node_modules/a/index.js": "a\n"},
		want: "NSP3050 70:16", message: "build the bundle, or write the path of its entry file below ui/",
	},
	{
		name: "a bundle that no package has", files: map[string]string{"ui/target/index.js": "export {}\n"},
		old: `"dist/index.js"`, new: `"target/index.js"`, want: "NSP3050 70:16", message: "lies in a folder that no package has",
		fixed: map[string]string{FileName: completeAgain()},
	},
	{name: "no bundle and no ui", files: map[string]string{"ui/dist/index.js": gone}, old: "  \"ui_bundle\": \"dist/index.js\",\n  \"navigation\": [\n    { \"label\": \"Alerts\", \"path\": \"/alerts\" }\n  ],\n  \"routes\": [\n    { \"path\": \"/alerts\", \"component\": \"AlertsPage\" }\n  ],\n  \"dashboard_widgets\": [\n    { \"id\": \"open\", \"component\": \"OpenAlerts\" }\n  ],\n", new: ""},
}
