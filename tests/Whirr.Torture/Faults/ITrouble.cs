namespace Whirr.Torture.Faults;

/// <summary>Something that goes wrong around a daemon that lives, and is over at the end of the step.</summary>
internal interface ITrouble
{
    Task BeginAsync(Scene scene, Dice dice);

    Task EndAsync(Scene scene);
}
