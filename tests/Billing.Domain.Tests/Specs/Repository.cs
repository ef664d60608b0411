namespace Billing.Domain.Tests.Specs;

/// <summary>The files that this build came from.</summary>
internal static class Repository
{
    private static readonly string[] Generated = ["obj", "bin", "Internal"];

    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The C# files below a folder, without build output and generated handlers.</summary>
    public static IEnumerable<string> CSharpFilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)
                .Any(Generated.Contains));

    private static string Find(string directory) => File.Exists(Path.Combine(directory, "Billing.sln"))
        ? directory
        : Find(Path.GetDirectoryName(directory)
            ?? throw new InvalidOperationException("There is no Billing.sln above the tests."));
}
