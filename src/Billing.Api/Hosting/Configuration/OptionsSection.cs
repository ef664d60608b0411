using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Billing.Api.Hosting.Configuration;

/// <summary>A section of the configuration.</summary>
/// <param name="IsShared">Of .NET itself: other programs have their own names there.</param>
internal abstract record OptionsSection(string Name, Type Type, bool IsShared)
{
    /// <summary>Binds it, validated at the start. The options are a singleton of their own class.</summary>
    public abstract void AddTo(IServiceCollection services, IConfiguration configuration);
}

/// <inheritdoc/>
internal sealed record OptionsSection<T>(string Name, bool IsShared = false)
    : OptionsSection(Name, typeof(T), IsShared)
    where T : class
{
    public override void AddTo(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<T>().Bind(configuration.GetSection(Name)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(it => new Validation(Name, it));
        services.AddSingleton(it => it.GetRequiredService<IOptions<T>>().Value);
    }

    // Of what is required, and of the rules across settings. The ranges were checked before they were bound.
    private sealed class Validation(string section, IServiceProvider services) : IValidateOptions<T>
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var broken = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options, services, items: null), broken);

            return broken is []
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(broken.Select(it =>
                    $"{string.Join("__", it.MemberNames.Prepend(section))} {it.ErrorMessage}"));
        }
    }
}
