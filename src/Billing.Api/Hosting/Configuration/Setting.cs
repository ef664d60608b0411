using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Billing.Api.Hosting.Configuration;

/// <summary>A setting, and the property that it is bound to.</summary>
/// <param name="Path">Its section and names; <c>*</c> is a site, method, currency or number.</param>
/// <param name="Type">Of the value; of one item where <paramref name="Path"/> ends with <c>*</c>.</param>
/// <param name="Property">Null: of another program.</param>
internal sealed record Setting(string[] Path, Type Type, PropertyInfo? Property)
{
    public const string Any = "*";

    /// <summary>As an environment variable.</summary>
    public string Name => string.Join("__", Path);

    /// <summary>The settings of an options class: its properties that can be set.</summary>
    public static IEnumerable<Setting> Of(string[] path, Type type) => ValueOf(type) is { } value
        ? Of([.. path, Any], value)
        : type.GetProperties().Where(it => it.CanWrite).SelectMany(it => Of([.. path, it.Name], it));

    /// <returns>What is wrong with this text, to be put behind the setting's name; null: nothing.</returns>
    public string? ProblemOf(string text) =>
        IsUnset(text) ? null
        : Type.IsArray ? $"is a list: set {Name}__0, {Name}__1 and so on."
        : Type == typeof(bool) ? (bool.TryParse(text, out _) ? null : OneOf("true", "false"))
        : Type.IsEnum ? (WordsOf(Type).Contains(text) ? null : OneOf(WordsOf(Type)))
        : Range is { } range ? (IsIn(range, text) ? null : SentenceOf(range))
        : Rules.FirstOrDefault(rule => !rule.IsValid(text)) switch
        {
            null => null,
            AllowedValuesAttribute words => OneOf([.. words.Values.Select(word => $"{word}")]),
            var broken => broken.FormatErrorMessage(text),
        };

    /// <summary>The words that an enumeration is set by.</summary>
    public static string[] WordsOf(Type type) => [.. Enum.GetNames(type).Select(name => name.ToLowerInvariant())];

    public RangeAttribute? Range => Property?.GetCustomAttribute<RangeAttribute>();

    private IEnumerable<ValidationAttribute> Rules =>
        Property?.GetCustomAttributes<ValidationAttribute>().Where(rule => rule is not RequiredAttribute) ?? [];

    /// <summary>A list of numbers: its sentence is about all of them.</summary>
    public bool IsOfNumbers => Property?.PropertyType == typeof(double[]);

    private bool IsItem => Path[^1] == Any;

    private bool IsUnset(string text) =>
        text == "" && !IsItem && Property?.PropertyType != typeof(int) && Property?.PropertyType != typeof(double);

    private static IEnumerable<Setting> Of(string[] path, PropertyInfo property) => property.PropertyType switch
    {
        { IsArray: true } list => [new(path, list, property), new([.. path, Any], list.GetElementType()!, property)],
        var type when ValueOf(type) is { } value => [new([.. path, Any], value, property)],
        var type => [new(path, Nullable.GetUnderlyingType(type) ?? type, property)],
    };

    private static Type? ValueOf(Type type) => type.GetInterfaces().FirstOrDefault(
        it => it.IsGenericType && it.GetGenericTypeDefinition() == typeof(IDictionary<,>))?.GenericTypeArguments[1];

    // Compared as double: RangeAttribute(1, 30) would round 30.4 to 30 first.
    private bool IsIn(RangeAttribute range, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && (Type != typeof(int) || int.TryParse(text, CultureInfo.InvariantCulture, out _))
        && value <= Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture)
        && Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) is var least
        && (range.MinimumIsExclusive ? value > least : value >= least);

    private string SentenceOf(RangeAttribute range) => IsOfNumbers
        ? FormattableString.Invariant(
            $"must list numbers, each more than {range.Minimum} and at most {range.Maximum}.")
        : FormattableString.Invariant(
            $"must be a {(Type == typeof(int) ? "whole " : "")}number from {range.Minimum} to {range.Maximum}.");

    private static string OneOf(params string[] words) => $"must be {string.Join(", ", words[..^1])} or {words[^1]}.";
}
