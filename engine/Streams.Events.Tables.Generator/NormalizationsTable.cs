using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>normalizations.table: rules by system call and by record type.</summary>
internal static class NormalizationsTable
{
    private static readonly string[] Keys =
    [
        "syscalls", "record-types", "has-fields", "use", "object", "path-index", "subject.primary", "subject.secondary", "object.primary",
        "object.secondary", "how", "source-ip", "ecs.kind", "ecs.category", "ecs.type", "map",
    ];

    private static readonly string[] Targets = ["user", "user.effective", "user.target", "user.changes", "group"];

    private static readonly string[] EcsKeys = ["ecs.kind", "ecs.category", "ecs.type"];

    private static readonly string[] Arrow = ["<-"];

    private static readonly string[] Sources = ["subject.primary", "subject.secondary", "object.primary", "object.secondary"];

    public static string Write(TableSet tables, List<(int Number, string Name, string Description)> recordTypes, SyscallsTable syscalls)
    {
        var rules = Read(tables);
        var syscallRules = new Dictionary<string, int>();
        var typeRules = new Dictionary<string, List<int>>();
        var known = new HashSet<string>(recordTypes.Select(t => t.Name));
        var knownSyscalls = new HashSet<string>(syscalls.Names);
        for (var i = 0; i < rules.Count; i++)
        {
            foreach (var name in rules[i].List("syscalls"))
            {
                if (name == "*" || knownSyscalls.Contains(name))
                {
                    if (syscallRules.ContainsKey(name)) tables.ReportDuplicate(rules[i].LineOf("syscalls"), name);
                    syscallRules[name] = i;
                }
                else
                {
                    tables.ReportUnknown(rules[i].LineOf("syscalls"), name, "a system call of any table in syscalls/");
                }
            }

            foreach (var name in rules[i].List("record-types"))
            {
                if (!known.Contains(name)) tables.ReportUnknown(rules[i].LineOf("record-types"), name, "in record-types.table");
                if (!typeRules.TryGetValue(name, out var list)) typeRules.Add(name, list = []);
                if (list.Count > 0 && (rules[i].List("has-fields").Count == 0 || rules[list[0]].List("has-fields").Count == 0))
                    tables.ReportDuplicate(rules[i].LineOf("record-types"), name + " without has-fields");
                list.Add(i);
            }
        }

        CheckEcsValues(tables, rules);

        var code = new StringBuilder(CSharp.Header + "public static partial class Normalizations\n{\n");
        code.Append($"    private const int Count = {rules.Count};\n\n");
        code.Append($"    private const int Default = {(syscallRules.TryGetValue("*", out var any) ? any : 0)};\n\n");
        code.Append("    // By id of the system call: one more than the index of its rule, or 0.\n");
        var bySyscall = new List<int> { 0 };
        bySyscall.AddRange(syscalls.Names.Select(n => syscallRules.TryGetValue(n, out var rule) ? rule + 1 : 0));
        code.Append($"    private static ReadOnlySpan<ushort> BySyscall => {CSharp.Numbers(bySyscall)};\n\n");
        code.Append("    private static ReadOnlySpan<ushort> RulesOf(RecordType type) => type switch\n    {\n");
        foreach (var rule in typeRules.OrderBy(r => r.Key, StringComparer.Ordinal))
            code.Append($"        RecordType.{CSharp.Identifier(rule.Key)} => {CSharp.Numbers(rule.Value)},\n");
        code.Append("        _ => [],\n    };\n\n    private static Normalization Create(int rule) => rule switch\n    {\n");
        for (var i = 0; i < rules.Count; i++) code.Append($"        {i} => new() {{ {Properties(tables, rules[i])} }},\n");
        return code.Append("        _ => throw new ArgumentOutOfRangeException(nameof(rule)),\n    };\n}\n").ToString();
    }

    private static void CheckEcsValues(TableSet tables, List<Rule> rules)
    {
        var allowed = new HashSet<string>();
        foreach (var line in tables.Lines("ecs-values"))
        {
            var columns = line.Columns(2);
            if (columns.Length != 2 || columns[0] is not ("kind" or "category" or "type") || !CSharp.IsName(columns[1]))
                tables.ReportMalformed(line, "kind, category or type, and a value");
            else if (!allowed.Add($"ecs.{columns[0]} {columns[1]}"))
                tables.ReportDuplicate(line, line.Text);
        }

        foreach (var rule in rules)
        {
            foreach (var key in EcsKeys)
            {
                foreach (var value in rule.List(key).Where(value => !allowed.Contains($"{key} {value}")))
                    tables.ReportUnknown(rule.LineOf(key), value, "in ecs-values.table");
            }
        }
    }

    private static List<Rule> Read(TableSet tables)
    {
        var rules = new List<Rule>();
        var templates = new Dictionary<string, Rule>();
        Rule? current = null;
        foreach (var line in tables.Lines("normalizations"))
        {
            if (line.Text[0] == '[')
            {
                var heading = line.Text.Trim('[', ']').Split(' ');
                current = new Rule(heading[heading.Length - 1]);
                if (heading.Length > 2 || (heading.Length == 2 && heading[0] != "template") || !CSharp.IsName(current.Name) ||
                    !line.Text.EndsWith("]", StringComparison.Ordinal))
                    tables.ReportMalformed(line, "[ACTION] or [template NAME]");
                else if (heading.Length == 1)
                    rules.Add(current);
                else if (templates.ContainsKey(current.Name))
                    tables.ReportDuplicate(line, current.Name);
                else
                    templates.Add(current.Name, current);
                continue;
            }

            var equals = line.Text.IndexOf('=');
            var key = equals < 0 ? "" : line.Text.Substring(0, equals).TrimEnd();
            if (current is null || equals < 0 || (key == "use" && templates.ContainsValue(current)))
                tables.ReportMalformed(line, "KEY = VALUE below a [heading], and no use in a template");
            else if (!Keys.Contains(key))
                tables.ReportUnknown(line, key, "a key; the keys are " + string.Join(", ", Keys));
            else if (!current.TryAdd(key, line.Text.Substring(equals + 1).Trim(), line))
                tables.ReportDuplicate(line, key);
        }

        foreach (var rule in rules)
        {
            foreach (var name in rule.List("use").AsEnumerable().Reverse())
            {
                if (templates.TryGetValue(name, out var template)) rule.Copy(template);
                else tables.ReportUnknown(rule.LineOf("use"), name, "a template");
            }
        }

        return rules;
    }

    private static string Properties(TableSet tables, Rule rule)
    {
        var properties = new List<string>();
        Text("Action", rule.Name == "-" ? "" : rule.Name);
        Text("ObjectKind", rule.Value("object"));
        if (rule.Value("path-index") is { Length: > 0 } index)
        {
            if (CSharp.TryNumber(index, out var number) && number < 16) properties.Add($"PathIndex = {number}");
            else tables.ReportMalformed(rule.LineOf("path-index"), "a number below 16");
        }

        Fields("HasFields", "has-fields");
        Fields("SubjectPrimary", "subject.primary");
        Fields("SubjectSecondary", "subject.secondary");
        Fields("ObjectPrimary", "object.primary");
        Fields("ObjectSecondary", "object.secondary");
        Fields("How", "how");
        Fields("SourceIp", "source-ip");
        Text("EcsKind", rule.Value("ecs.kind"));
        if (rule.List("ecs.category") is { Count: > 0 } categories) properties.Add($"EcsCategories = {CSharp.Literals(categories)}");
        if (rule.List("ecs.type") is { Count: > 0 } types) properties.Add($"EcsTypes = {CSharp.Literals(types)}");
        if (rule.List("map") is { Count: > 0 } map) properties.Add($"EcsMappings = {CSharp.List(map.Select(Mapping))}");
        return string.Join(", ", properties);

        void Text(string property, string value)
        {
            if (value.Length > 0) properties.Add($"{property} = {CSharp.Literal(value)}");
        }

        void Fields(string property, string key)
        {
            if (rule.List(key) is { Count: > 0 } fields)
                properties.Add($"{property} = {CSharp.List(fields.Select(f => $"new({CSharp.Literal(f)})"))}");
        }

        string Mapping(string text)
        {
            var sides = text.Split(Arrow, StringSplitOptions.None).Select(s => s.Trim()).ToArray();
            if (sides.Length != 2)
            {
                tables.ReportMalformed(rule.LineOf("map"), "ENTITY <- SOURCE, …");
                return "";
            }

            if (!Targets.Contains(sides[0])) tables.ReportUnknown(rule.LineOf("map"), sides[0], "one of " + string.Join(", ", Targets));
            var target = CSharp.Identifier(sides[0].Replace('.', '_'));
            if (Sources.Contains(sides[1]))
                return $"new(EcsSource.{CSharp.Identifier(sides[1].Replace('.', '_'))}, FieldName.None, EcsTarget.{target})";

            var dot = sides[1].IndexOf('.');
            var kind = dot < 0 ? "" : sides[1].Substring(0, dot);
            if (kind is not ("data" or "uid"))
                tables.ReportUnknown(rule.LineOf("map"), sides[1], $"one of {string.Join(", ", Sources)}, data.FIELD, uid.FIELD");
            var field = CSharp.Literal(sides[1].Substring(dot + 1));
            return $"new(EcsSource.{(kind == "uid" ? "UserId" : "Data")}, new({field}), EcsTarget.{target})";
        }
    }

    private sealed class Rule(string name)
    {
        private readonly Dictionary<string, (string Value, TableLine Line)> _values = [];

        public string Name { get; } = name;

        public bool TryAdd(string key, string value, TableLine line)
        {
            if (_values.ContainsKey(key)) return false;
            _values.Add(key, (value, line));
            return true;
        }

        public void Copy(Rule template)
        {
            foreach (var value in template._values)
            {
                if (!_values.ContainsKey(value.Key)) _values.Add(value.Key, value.Value);
            }
        }

        public string Value(string key) => _values.TryGetValue(key, out var value) ? value.Value : "";

        public List<string> List(string key) => Value(key).Split(',').Select(v => v.Trim()).Where(v => v.Length > 0).ToList();

        public TableLine LineOf(string key) => _values[key].Line;
    }
}
